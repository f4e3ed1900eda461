"""An upload on its way: in memory only. A file may hold passwords, and a temporary file would keep them in clear."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from qingyuan.console.registry.importing.opening import LARGEST


class InMemory(FileUploadHandler):
    """Keeps at most LARGEST bytes of all files of a request. One that goes on is read to its end and not kept: its
    size says that it is too large, its content is empty.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._room = LARGEST
        self._content = BytesIO()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self._content = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a part while there is room."""
        self._room -= len(raw_data)
        if self._room >= 0:
            self._content.write(raw_data)
        else:
            self._content = BytesIO()

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The file with its true size."""
        size = file_size if self._room >= 0 else max(file_size, LARGEST + 1)
        self._content.seek(0)
        return InMemoryUploadedFile(self._content, self.field_name, self.file_name, self.content_type, size,
                                    self.charset, self.content_type_extra)
