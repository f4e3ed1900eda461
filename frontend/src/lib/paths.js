// Addresses of the drawer. Pure.
const PARAM = "drawer";

/** Address of a page with the drawer's address in it, or without. */
export function withDrawer(here, path) {
  const url = new URL(here);
  if (path) url.searchParams.set(PARAM, path); else url.searchParams.delete(PARAM);
  return url.pathname + url.search.replaceAll("%2F", "/") + url.hash;
}

/** The path if it is one of our own, else null. */
export const ownPath = (path) => (/^\/(?![/\\])/.test(path ?? "") ? path : null);

/** The drawer's path that a page's address asks for. */
export const drawerOf = (here) => ownPath(new URL(here).searchParams.get(PARAM));
