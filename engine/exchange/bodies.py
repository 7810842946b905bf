"""Names of public bodies: what a name opens with. Knows no list of offices."""

import re

from storage.folding import folded

# Words that open the name of a body, folded; what opens otherwise continues the name on the line above.
_BODIES = re.compile(
    r"(?:bo|so|uy ban|ubnd|hoi dong|hdnd|cuc|tong cuc|chi cuc|vu|vien|van phong|ban|trung tam|phong|thanh tra"
    r"|truong|chinh phu|thu tuong|chu tich|quoc hoi|tinh uy|thanh uy|huyen uy|dang uy|toa an|cong ty"
    r"|tong cong ty|tap doan|benh vien|kho bac|ngan hang|bao hiem|dai|hoc vien|lien doan|hoi|mat tran|cong an"
    r"|quan khu|cang vu|nha xuat ban)\b"
)


def names_body(text: str) -> bool:
    """The text opens with the name of a public body or a head of one: "Sở …", "Ủy ban …", "Thủ tướng …"."""
    return text[:1].isupper() and _BODIES.match(folded(text)) is not None
