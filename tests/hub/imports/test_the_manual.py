"""What docs/price-lists-in.md shows and lists is what the program knows."""

import re
from pathlib import Path

import hub.imports
from hub.imports.mapping import Mapping, load_mapping

MANUAL = Path(__file__).resolve().parents[3] / "docs" / "price-lists-in.md"


def test_the_mapping_file_of_the_manual_is_a_right_one_and_names_every_key(tmp_path):
    (example,) = re.findall(r"```toml\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / "mapping.toml"
    path.write_text(example, encoding="utf-8")
    mapping = load_mapping(path)
    for section in (mapping, mapping.file, mapping.columns, mapping.units, mapping.defaults, mapping.rows):
        assert section.model_fields_set == set(type(section).model_fields)
    assert isinstance(mapping, Mapping)


def test_the_manual_explains_every_reason_of_a_report():
    package = Path(hub.imports.__file__).parent
    sources = "".join(path.read_text(encoding="utf-8") for path in package.glob("*.py"))
    reasons = set(re.findall(r'(?:RowRefused|warn)\(\s*"([a-z_]+)"', sources))
    reasons |= set(re.findall(r'\(\(?"([a-z]+_[a-z_]+)", f"', sources))
    assert len(reasons) > 25
    manual = MANUAL.read_text(encoding="utf-8")
    assert sorted(reason for reason in reasons if f"`{reason}`" not in manual) == []
