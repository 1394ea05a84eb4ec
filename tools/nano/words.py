"""Everything that can be written or drawn: small closed lists, so that a small model can know them all."""

COLOURS = {
    "red": (208, 32, 40), "orange": (240, 140, 20), "yellow": (240, 212, 30), "green": (40, 150, 60),
    "blue": (40, 84, 200), "purple": (130, 50, 160), "black": (24, 24, 28), "gray": (130, 132, 136),
}
SHAPES = ("circle", "square", "triangle", "star", "cross", "ring")
PLACES = ("top left", "top", "top right", "left", "center", "right", "bottom left", "bottom", "bottom right")

TITLES = {
    "en": {"INVOICE": "invoice", "RECEIPT": "receipt", "ORDER": "order", "STATEMENT": "statement"},
    "ja": {"請求書": "invoice", "領収書": "receipt", "注文書": "order", "明細書": "statement"},
}
PARTIES = {
    "en": ("Acme Ltd", "Borealis AG", "Cedar Inc", "Delta Foods", "Ember Tools", "Fjord Co", "Granite LLC", "Harbor Cafe",
           "Iris Books", "Juniper Bar", "Kestrel Air", "Lumen Labs"),
    "ja": ("まるや商店", "さくら書店", "山田電機", "東京食堂", "青空薬局", "みどり園", "北海工業", "富士堂", "ひかり屋", "港カフェ"),
}
GOODS = {
    "en": ("Paper", "Pens", "Coffee", "Tea", "Bread", "Cable", "Lamp", "Chair", "Desk", "Ink", "Soap", "Milk"),
    "ja": ("お茶", "パン", "牛乳", "紙", "ペン", "本", "傘", "米", "水", "電池"),
}
LABELS = {
    "en": {"number": ("No.", "Number", "Ref"), "date": ("Date", "Issued"), "total": ("Total", "Sum", "Amount")},
    "ja": {"number": ("番号", "伝票番号"), "date": ("日付", "発行日"), "total": ("合計", "総額")},
}
CURRENCIES = ("EUR", "USD", "GBP")

COMPONENTS = ("Queue", "Store", "API", "Web", "Cache", "Worker", "Engine", "Client", "Router", "Mailer", "Ledger", "Index",
              "Search", "Auth", "Proxy", "Logger", "Report", "Model", "Camera", "Parser", "Broker", "Disk", "Shop", "Bank")
SIGNS = ("STOP", "GO", "OPEN", "CLOSED", "START", "END", "HELLO", "SALE", "EXIT", "PLAY", "WAIT", "READY")

# What a 16-pixel cell of a picture can show: nothing, the right half of a wide character, or one of these.
CHARACTERS = sorted(set(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.,:-/¥円年月日"
    + "".join("".join(part) for language in ("en", "ja")
              for part in (TITLES[language], PARTIES[language], GOODS[language], *LABELS[language].values()))))
CELL = {character: index + 2 for index, character in enumerate(CHARACTERS) if character != " "}
CELL_CLASSES = len(CHARACTERS) + 2

# What a block of 32 x 32 pixels can show besides text.
THINGS = ["nothing", *(f"{colour} {shape}" for colour in COLOURS for shape in SHAPES),
          "service", "data", "process", "right", "left", "down", "up", "line",
          *(f"out {sides}" for sides in range(1, 16))]   # arrows that leave a box: 1 up, 2 left, 4 right, 8 down
THING = {name: index for index, name in enumerate(THINGS)}
