// Serves the demonstration pages with the console's real content policy: node demo/serve.mjs PORT
// Every number on them comes from a formula; the pages say so.
import { createServer } from "node:http";
import { readFileSync, existsSync } from "node:fs";
import { extname, join, normalize } from "node:path";
import { answers } from "./answers.mjs";

const here = new URL(".", import.meta.url).pathname, built = join(here, "../../src/qingyuan/console/static/qy");
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; worker-src 'self'; form-action 'self'; manifest-src 'self'; img-src 'self' data: blob:; base-uri 'none'; frame-ancestors 'none'";
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".json": "application/json" };
const head = (type) => ({ "Content-Type": type, "Content-Security-Policy": POLICY, "Cache-Control": "no-store" });

const server = createServer((request, response) => {
  const url = new URL(request.url, "http://localhost"), path = normalize(url.pathname);
  const made = answers[path] ?? answers[path.replace(/\/[^/]*$/, "/*")];
  if (made) {
    const { status = 200, type = "application/json", headers = {}, body } = made(url, request);
    response.writeHead(status, { ...head(type), ...headers });
    return response.end(typeof body === "string" ? body : JSON.stringify(body));
  }
  if (path.startsWith("/static/qy/")) {
    const file = join(built, path.slice("/static/qy/".length));
    if (existsSync(file)) { response.writeHead(200, head(TYPES[extname(file)] ?? "text/plain")); return response.end(readFileSync(file)); }
  }
  const page = join(here, `${path === "/" ? "/home" : path}.html`);
  if (existsSync(page)) {
    response.writeHead(200, head(TYPES[".html"]));
    return response.end(readFileSync(join(here, "shell.html"), "utf8").replace("<!--main-->", () => readFileSync(page, "utf8")).replaceAll(`href="${path}"`, `href="${path}" aria-current="page"`));
  }
  response.writeHead(404, head("text/html; charset=utf-8"));
  return response.end('<div class="qy-error"><h2>没有这一页</h2><p>地址可能有误；请从导航重新进入。</p></div>');
});
server.listen(Number(process.argv[2] ?? 8099), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`));
