"""Bytes of a scanner as text: it does not say which character set its codes are in."""


def text_of(received: bytes) -> str:
    """UTF-8, else GB 18030, which Chinese scanners send, else a character for each byte. Never raises."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return received.decode(encoding)
        except UnicodeDecodeError:
            continue
    return received.decode("latin-1")
