"""PDF: each sample is about one part of the standard; every page shows one word."""

from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import ImageCms

from tips.files import samples
from tips.files.corpus.markers import Sample

WIDTH, HEIGHT = 400, 300


class Document:
    """A PDF being written, with a font /F and a page of one visible word."""

    def __init__(self, name="x.pdf"):
        self.sample = Sample(name, is_drawn=True)
        self.hide = self.sample.hide
        self.pdf = pikepdf.new()
        self.root = self.pdf.Root
        self.font = self.pdf.make_indirect(
            Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        )
        self.page = self.add_page("")

    def add_page(self, content):
        word = self.sample.show(f"page {len(self.pdf.pages)}")
        page = self.pdf.add_blank_page(page_size=(WIDTH, HEIGHT))
        page.Resources = Dictionary(Font=Dictionary(F=self.font), XObject=Dictionary())
        page.Contents = self.stream(f"BT /F 20 Tf 30 250 Td ({word}) Tj ET\n{content}")
        return page

    def stream(self, data, **entries):
        return self.pdf.make_stream(data.encode() if isinstance(data, str) else data, **entries)

    def indirect(self, **entries):
        return self.pdf.make_indirect(Dictionary(**entries))

    def done(self, **options):
        buffer = BytesIO()
        options = {"object_stream_mode": pikepdf.ObjectStreamMode.generate} | options
        self.pdf.save(buffer, **options)
        self.sample.data = buffer.getvalue()
        return self.sample


def profile_of(word):
    """A colour profile with another description."""
    usual = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    name = "sRGB built-in"
    return usual.replace(name.encode("utf-16-be"), word.ljust(len(name)).encode("utf-16-be"))


def properties():
    """Info, XMP, and what LaTeX and others add to both."""
    made = Document()
    hide, info = made.hide, made.pdf.docinfo
    for key in ("Author", "Title", "Subject", "Keywords", "Creator", "Producer", "Company"):
        info["/" + key] = hide(key)
    info["/PTEX.Fullbanner"] = hide("banner")
    info["/CreationDate"] = "D:20260301142530" + hide("date")
    info["/Trapped.By"] = String(hide("own key"))
    made.page["/PTEX.FileName"] = f"./{hide('file name')}.pdf"
    made.page["/PTEX.InfoDict"] = made.indirect(Author=hide("author of a figure"))
    made.page["/LastModified"] = hide("last modified")
    made.page.PieceInfo = Dictionary(
        Editor=Dictionary(Private=made.stream(hide("private")), LastModified="D:2026")
    )
    made.page.PieceInfo["/" + hide("program")] = Dictionary()
    own = f'<!-- {hide("XMP comment")} --><q:Foo xmlns:q="q">{hide("XMP, own property")}</q:Foo>'
    made.root.Metadata = made.stream(
        samples.XMP.replace(b"Darkroom 9", hide("XMP").encode())
        .replace(b"<dc:creator>", own.encode() + b"<dc:creator>"),
        Type=Name.Metadata, Subtype=Name.XML,
    )  # fmt: skip
    return made.done()


def navigation():
    made = Document()
    hide, root = made.hide, made.root
    target = Array([made.page.obj, Name.Fit])
    outline = made.indirect(Title=hide("bookmark"), Dest=target)
    root.Outlines = Dictionary(First=outline, Last=outline, Count=1)
    root.PageLabels = Dictionary(Nums=Array([0, Dictionary(P=hide("page label"))]))
    root.Names = Dictionary(Dests=Dictionary(Names=Array([String(hide("destination")), target])))
    root.Dests = Dictionary({"/" + hide("old destination"): target})
    root.Lang, root.URI = String(hide("language")), Dictionary(Base=hide("base of links"))
    thread = made.indirect(I=Dictionary(Title=hide("article")))
    root.Threads = Array([thread])
    root.SpiderInfo = Dictionary(C=Array([made.indirect(CT=hide("captured page"))]))
    root.ViewerPreferences = Dictionary(Enforce=Array([String(hide("preference"))]))
    root.OutputIntents = Array([Dictionary(
        S=Name.GTS_PDFA1, OutputConditionIdentifier=hide("output"), RegistryName=hide("registry"),
        DestOutputProfile=made.stream(profile_of(hide("profile")), N=3),
    )])  # fmt: skip
    return made.done()


def actions():
    made = Document()
    hide = made.hide
    made.root.OpenAction = Dictionary(S=Name.JavaScript, JS=f"var a = '{hide('script')}';")
    made.root.AA = Dictionary(WC=Dictionary(S=Name.JavaScript, JS=made.stream(hide("long script"))))
    links = [
        Dictionary(S=Name.URI, URI=f"https://{hide('URI')}.example/"),
        Dictionary(S=Name.GoToR, F=Dictionary(F=hide("GoToR"), UF=hide("GoToR, Unicode")), D=0),
        Dictionary(S=Name.Launch, F=f"C:/{hide('launch')}.exe"),
        Dictionary(S=Name.SubmitForm, F=Dictionary(FS=Name.URL, F=hide("submit"))),
        Dictionary(S=Name.Named, N=Name.NextPage, Next=Dictionary(S=Name.URI, URI=hide("next"))),
    ]
    made.page.Annots = Array([
        made.indirect(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=link)
        for link in links
    ])  # fmt: skip
    return made.done()


def annotations():
    made = Document()
    hide = made.hide
    drawn = made.stream("1 0 0 rg 0 0 20 20 re f", Subtype=Name.Form, BBox=[0, 0, 20, 20])
    notes = [
        made.indirect(
            Type=Name.Annot, Subtype=Name("/" + kind), Rect=[10, 10, 30, 30],
            T=hide(f"{kind} T"), Contents=hide(f"{kind} Contents"), Subj=hide(f"{kind} Subj"),
            RC=f"<body><p>{hide(f'{kind} RC')}</p></body>", NM=hide(f"{kind} NM"),
            M="D:20260301142530",
        )
        for kind in ("Text", "Highlight", "Popup", "Stamp", "Caret", "Ink", "Redact", "Sound")
    ]  # fmt: skip
    notes[3].AP = Dictionary(N=drawn)
    notes[6].OverlayText = hide("overlay")
    made.page.Annots = Array(notes)
    return made.done()


def form():
    made = Document()
    hide = made.hide
    field = made.indirect(
        Type=Name.Annot, Subtype=Name.Widget, Rect=[30, 100, 200, 120], FT=Name.Tx, F=2,
        T=hide("field"), TU=hide("tooltip"), TM=hide("export name"), V=hide("value"),
        DV=hide("default"), DA="/F 10 Tf 0 g",
        Opt=Array([Array([String(hide("export")), String(hide("option"))])]),
        AA=Dictionary(K=Dictionary(S=Name.JavaScript, JS=hide("script of a field"))),
    )  # fmt: skip
    made.page.Annots = Array([field])
    xfa = f"<xdp><field name='a'><value>{hide('XFA')}</value></field></xdp>"
    made.root.AcroForm = Dictionary(
        Fields=Array([field]), DA="/F 10 Tf 0 g", XFA=Array([String("x"), made.stream(xfa)])
    )
    return made.done()


def signature():
    made = Document()
    hide = made.hide
    names = f"\x30\x82\x01\x01\x0c\x10{hide('certificate')}\x31\x0b".encode("latin-1")
    signed = made.indirect(
        Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), Name=hide("name"), Reason=hide("reason"),
        Location=hide("location"), ContactInfo=hide("contact"), M="D:20260301142530",
        ByteRange=[0, 1, 2, 3], Contents=String(names + bytes(200)),
        Prop_Build=Dictionary(App=Dictionary(REx=String(hide("program")))),
    )  # fmt: skip
    field = made.indirect(
        Type=Name.Annot, Subtype=Name.Widget, Rect=[0, 0, 0, 0], FT=Name.Sig, T="s", V=signed
    )
    made.page.Annots, made.root.AcroForm = Array([field]), Dictionary(Fields=Array([field]))
    made.root.Perms = Dictionary(DocMDP=signed)
    return made.done()


def attachments():
    made = Document()
    hide = made.hide

    def file(place):
        data = made.stream(hide(place + ": data", told=False), Type=Name.EmbeddedFile)
        return made.indirect(
            Type=Name.Filespec, F=hide(place + ": F"), UF=hide(place + ": UF"),
            Desc=hide(place + ": Desc"), EF=Dictionary(F=data), AFRelationship=Name.Data,
        )  # fmt: skip

    made.root.Names = Dictionary(
        EmbeddedFiles=Dictionary(Names=Array([String(hide("key")), file("list")]))
    )
    made.root.AF = Array([file("associated")])
    made.root.Collection = Dictionary(
        Schema=Dictionary(a=Dictionary(Subtype=Name.S, N=hide("portfolio")))
    )
    pinned = made.indirect(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=[0, 0, 9, 9])
    pinned.FS = file("note")
    made.page.Annots = Array([pinned])
    return made.done()


def structure():
    """A tagged document: texts for screen readers, in the tree and in the page."""
    made = Document()
    hide = made.hide
    element = made.indirect(
        Type=Name.StructElem, S=Name.Figure, Alt=hide("Alt"), ActualText=hide("ActualText"),
        E=hide("E"), T=hide("T"), Lang=hide("Lang"), ID=String(hide("ID")),
    )  # fmt: skip
    made.root.StructTreeRoot = Dictionary(
        Type=Name.StructTreeRoot, K=element, RoleMap=Dictionary({"/" + hide("role"): Name.P})
    )
    made.root.MarkInfo = Dictionary(Marked=True)
    made.add_page(
        f"/Span <</ActualText ({hide('ActualText, page')}) /Lang (ko)>> BDC 0 0 9 9 re f EMC\n"
        f"/Artifact <</Attached [/Top] /Contents ({hide('artifact')})>> BDC 0 0 9 9 re f EMC\n"
        f"/Point <</Note <FEFF{hide('hexadecimal').encode('utf-16-be').hex()}>>> DP\n"
        f"% {hide('comment')} (\n"
        f"BI /W 1 /H 1 /CS /G /BPC 8 ID x EI % {hide('comment behind a picture')}\n"
    )
    return made.done()


def layers():
    made = Document()
    hide = made.hide
    group = made.indirect(
        Type=Name.OCG, Name=hide("name"),
        Usage=Dictionary(CreatorInfo=Dictionary(Creator=hide("creator"), Subtype=Name.Artwork)),
    )  # fmt: skip
    made.root.OCProperties = Dictionary(
        OCGs=Array([group]), D=Dictionary(OFF=Array([group]), Name=hide("configuration"))
    )
    page = made.add_page(f"/OC /L BDC BT /F 12 Tf 30 100 Td ({hide('text')}) Tj ET EMC")
    page.Resources.Properties = Dictionary(L=group)
    return made.done()


def pictures():
    made = Document()
    hide = made.hide
    facts = samples.exif()
    facts[0x013B] = hide("EXIF in a JPEG")
    jpeg = samples.saved(samples.drawing(), "JPEG", exif=facts, comment=hide("comment").encode())
    jp2 = samples.saved(samples.drawing(), "JPEG2000")
    box = f"<a>{hide('JPX box')}</a>".encode()
    jp2 += (8 + len(box)).to_bytes(4, "big") + b"xml " + box
    pictures = {
        name: made.stream(
            data, Type=Name.XObject, Subtype=Name.Image, Width=64, Height=32, BitsPerComponent=8,
            ColorSpace=Name.DeviceRGB, Filter=coding,
        )
        for name, data, coding in (("/J", jpeg, Name.DCTDecode), ("/X", jp2, Name.JPXDecode))
    }  # fmt: skip
    profile = made.stream(profile_of(hide("profile")), N=3)
    pictures["/J"].ColorSpace = Array([Name.ICCBased, profile])
    pictures["/J"].OPI = Dictionary({"/1.3": Dictionary(F=hide("OPI"), Comments=hide("OPI note"))})
    pictures["/J"].Metadata = made.stream(
        samples.XMP.replace(b"Darkroom 9", hide("XMP").encode()), Type=Name.Metadata
    )
    page = made.add_page("q 64 0 0 32 30 100 cm /J Do Q q 64 0 0 32 130 100 cm /X Do Q")
    page.Resources.XObject = Dictionary(pictures)
    page.Thumb = made.stream(
        bytes(12), Width=2, Height=2, ColorSpace=Name.DeviceRGB, BitsPerComponent=8
    )
    return made.done()


def unseen_text():
    made = Document()
    hide = made.hide
    write = "BT /F 12 Tf {} Td ({}) Tj ET"
    contents = {
        "white": "1 g " + write.format("30 100", hide("white")),
        "nearly white": ".99 g " + write.format("30 100", hide("nearly white")),
        "invisible": f"BT 3 Tr /F 12 Tf 30 100 Td ({hide('invisible')}) Tj ET",
        "outside": write.format("30 -50", hide("outside")),
        "tiny": f"BT /F .01 Tf 30 100 Td ({hide('tiny')}) Tj ET",
        "under a box": write.format("30 100", hide("under a box")) + " 0 g 25 90 200 30 re f",
        "in a line": write.format("30 100", f"Name: {hide('in a line')} said")
        + " 0 g 68 90 100 30 re f",
        "clipped": "q 0 0 5 5 re W n " + write.format("30 100", hide("clipped")) + " Q",
        "transparent": "/T gs " + write.format("30 100", hide("transparent")),
        "under a picture": write.format("30 100", hide("under a picture"))
        + " q 300 0 0 100 20 50 cm /I Do Q",
        "in a form": "/X Do",
        "turned": f"1 g BT /F 12 Tf 0 1 -1 0 60 60 Tm ({hide('turned')}) Tj ET",
        "beside the crop": write.format("30 280", hide("beside the crop")),
    }
    picture = made.stream(
        samples.drawing().tobytes(), Type=Name.XObject, Subtype=Name.Image, Width=64, Height=32,
        ColorSpace=Name.DeviceRGB, BitsPerComponent=8,
    )  # fmt: skip
    inner = made.stream(
        "0 g 0 0 200 30 re f 0 g " + write.format("5 10", hide("in a form")),
        Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 300, 50], Matrix=[1, 0, 0, 1, 40, 60],
        Resources=Dictionary(Font=Dictionary(F=made.font)),
    )  # fmt: skip
    for place, content in contents.items():
        page = made.add_page("q " + content + " Q")
        page.Resources.XObject = Dictionary(I=picture, X=inner)
        page.Resources.ExtGState = Dictionary(T=Dictionary(ca=0, CA=0))
        if place == "beside the crop":
            page.CropBox = [0, 0, WIDTH, 270]
    made.pdf.pages[-1].Rotate = 90
    return made.done()


def versions():
    """Saved again and again: each save is appended, and what it replaced stays in the file."""
    made = Document()
    hide = made.hide
    made.pdf.docinfo["/Author"] = hide("first author")
    shown = made.sample.shown["page 0"]
    written = f"BT /F 20 Tf 30 250 Td ({shown}) Tj 0 -50 Td ({hide('sentence')}) Tj ET"
    made.page.Contents = made.stream(written)
    made.done(object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=True)
    first = made.sample.data
    with pikepdf.open(BytesIO(first)) as pdf:
        number, author = pdf.pages[0].Contents.objgen[0], pdf.trailer.Info.objgen[0]
    content = f"BT /F 20 Tf 30 250 Td ({shown}) Tj ET".encode()
    made.sample.data = updated(first, {
        number: b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        author: b"<</Producer (p)>>",
    })  # fmt: skip
    return made.sample


def updated(data, objects, loose=b""):
    """The file with an incremental update: new or other `objects`, and `loose` bytes."""
    with pikepdf.open(BytesIO(data)) as pdf:
        root, info = pdf.Root.objgen[0], pdf.trailer.Info.objgen[0]
    before = int(data[data.rindex(b"startxref") + 9 :].split()[0])
    table = b"xref\n"
    for number, body in objects.items():
        table += b"%d 1\n%010d 00000 n \n" % (number, len(data) + 1)
        data += b"\n%d 0 obj\n%s\nendobj\n" % (number, body)
    data += loose
    table += b"trailer\n<</Size 99/Root %d 0 R/Info %d 0 R/Prev %d>>\n" % (root, info, before)
    return data + table + b"startxref\n%d\n%%%%EOF\n" % len(data)


def leftovers():
    """What stands in the file, but belongs to nothing."""
    made = Document()
    hide = made.hide
    made.pdf.docinfo["/Author"] = hide("author")
    made.done(object_stream_mode=pikepdf.ObjectStreamMode.disable)
    note = f"<</Note ({hide('unused object')})>>".encode()
    content = f"BT ({hide('unused stream')}) Tj ET".encode()
    stream = b"<</Length %d>>stream\n%s\nendstream" % (len(content), content)
    loose = f"%{hide('comment')} (\n98 0 obj ({hide('orphan')}) endobj\n".encode()
    lead = f"{hide('before the header')}\n".encode().rjust(80)
    tail = f"\n{hide('behind the end')}".encode().ljust(3000, b".")
    data = updated(made.sample.data, {90: note, 91: stream}, loose)
    made.sample.data = lead + data + tail
    return made.sample


def encrypted():
    """A file with a password for its owner only: anybody can read it, not everybody print it."""
    made = Document()
    made.pdf.docinfo["/Author"] = made.hide("author")
    return made.done(encryption=pikepdf.Encryption(owner="secret", user=""))


SAMPLES = {
    build.__name__: build
    for build in (
        *(properties, navigation, actions, annotations, form, signature, attachments, structure),
        *(layers, pictures, unseen_text, versions, leftovers, encrypted),
    )
}
