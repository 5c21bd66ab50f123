"""Several tagged PDFs as one: pages as they are, and the tags that make them readable aloud are carried over."""

import io

import pikepdf
from django.conf import settings
from pikepdf import Array, Dictionary, Name, Pdf


def merged(parts: list[bytes], title: str) -> bytes:
    whole = Pdf.new()
    tags = whole.make_indirect(
        Dictionary(
            Type=Name.StructTreeRoot, K=Array(), ParentTree=Dictionary(Nums=Array()), RoleMap=Dictionary()
        )
    )
    next_key = 0
    for part in parts:
        with pikepdf.open(io.BytesIO(part)) as source:
            next_key = _add(whole, tags, source, next_key)
    tags.ParentTreeNextKey = next_key
    whole.Root.StructTreeRoot = tags
    whole.Root.MarkInfo = Dictionary(Marked=True)
    whole.Root.Lang = pikepdf.String(settings.LANGUAGE_CODE)
    whole.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    with whole.open_metadata() as about:
        about["dc:title"] = title
    written = io.BytesIO()
    whole.save(written)
    return written.getvalue()


def _add(whole: Pdf, tags: pikepdf.Object, source: Pdf, first_key: int) -> int:
    """
    Append the pages, and their tags under ours. A page names its entries in the parent tree by a number (ISO 32000-1,
    14.7.4.4), which moves up by `first_key`; returns the next one that is free.
    """
    at = len(whole.pages)
    whole.pages.extend(source.pages)
    theirs = whole.copy_foreign(source.Root.StructTreeRoot)
    for page in whole.pages[at:]:
        if "/StructParents" in page.obj:
            page.obj.StructParents = int(page.obj.StructParents) + first_key
    numbers = theirs.ParentTree.Nums
    for place in range(0, len(numbers), 2):
        tags.ParentTree.Nums.append(int(numbers[place]) + first_key)
        tags.ParentTree.Nums.append(numbers[place + 1])
    for element in theirs.K:
        element.P = tags
        element.Lang = source.Root.Lang
        tags.K.append(element)
    for role, standard in theirs.get("/RoleMap", Dictionary()).items():
        tags.RoleMap[role] = standard
    return first_key + int(theirs.ParentTreeNextKey)
