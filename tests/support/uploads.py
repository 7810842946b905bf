"""Files that somebody hands in: letters as Word and PDF make them, and what a hostile hand makes."""

import io
import zipfile

from docx import Document
from pypdf import PdfWriter

_NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word(*lines: str, numbered: tuple[str, ...] = ()) -> bytes:
    """A letter as Word writes it; `numbered` are paragraphs whose numbers Word counts."""
    document, out = Document(), io.BytesIO()
    for line in lines:
        document.add_paragraph(line)
    for line in numbered:
        document.add_paragraph(line, style="List Number")
    document.save(out)
    return out.getvalue()


def pdf(*lines: str) -> bytes:
    """A PDF of one page with a text layer in plain ASCII."""
    shown = " ".join(f"({line}) Tj T*" for line in lines)
    stream = f"BT /F1 11 Tf 14 TL 40 800 Td {shown} ET".encode("latin-1")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, part in enumerate(parts, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, part))
    begins = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(parts) + 1, begins))
    return out.getvalue()


def scan(pages: int = 1, password: str = "") -> bytes:
    """A PDF whose pages hold nothing to read."""
    writer, out = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if password:
        writer.encrypt(password)
    writer.write(out)
    return out.getvalue()


def archive(**parts: bytes) -> bytes:
    """A zip archive; the names of its parts have `__` for a stroke."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/") + ".xml", content)
    return out.getvalue()


def bomb(megabytes: int = 130) -> bytes:
    """A Word file of about a thousandth of what it opens into."""
    body = f"<w:document {_NS}><w:body>".encode() + b"<w:p/>" * (megabytes * (1 << 20) // 6) + b"</w:body></w:document>"
    return archive(word__document=body)


def entities() -> bytes:
    """A Word file that declares entities which multiply."""
    return archive(word__document=b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>')
