using Qwen35Batch.Contracts.Insights;

namespace Qwen35Batch.Pipeline.Tests.Grounding.Places;

/// <summary>Draws an invoice: labelled values, a table, totals; what is difficult about it is said by its kind.</summary>
internal sealed class PlacesInvoice(PlacesPage page, PdfCanvas canvas, PlacesValues values, Random random)
{
    private const double Line = 16;

    private readonly bool _isJapanese = page.Kind == PlacesKind.FullWidth;
    private readonly PdfFont _font = page.Kind switch
    {
        PlacesKind.FullWidth => PdfFont.Japanese,
        PlacesKind.Ligatures => PdfFont.Ligatures,
        _ => PdfFont.Latin,
    };

    private readonly double _size = random.Next(8, 11);
    private double _y;

    public void Draw()
    {
        _y = canvas.Height - 50;
        if (page.Kind == PlacesKind.Stamped)
            Stamps();
        else if (random.Next(2) == 0 && !_isJapanese)
            canvas.Stamp(9, 18, 120, "arXiv:2601.01234v1 [cs.CL] 31 Dec 2031");
        var title = _isJapanese ? "請求書" : page.Kind == PlacesKind.Ligatures ? "Official final offer" : "INVOICE";
        page.Title(title, canvas.Text(_font, 15, 40, _y, title));
        _y -= 2 * Line;
        if (page.Kind == PlacesKind.TwoColumns)
        {
            var top = _y;
            Labelled(40, 130);
            var bottom = _y;
            _y = top;
            Labelled((canvas.Width / 2) + 10, (canvas.Width / 2) + 100);
            _y = Math.Min(_y, bottom);
        }
        else
        {
            Labelled(40, 150);
        }

        Table();
        Totals();
    }

    // At the edges, from the bottom to the top and from the top to the bottom.
    private void Stamps()
    {
        var received = $"RECEIVED {values.Number("RC")}";
        page.Field("Received", received, canvas.Stamp(11, 22, 90, received));
        var archived = $"Archive {values.Number("AR")}";
        page.Field("Archive", archived, canvas.Stamp(9, canvas.Width - 20, canvas.Height - 60, archived, isDownward: true));
    }

    private void Labelled(double left, double right)
    {
        var company = values.Company();
        Field(_isJapanese ? "発行元" : "Supplier", company, left, right);
        var (first, second) = values.Address();
        var label = _isJapanese ? "住所" : "Address";
        canvas.Text(_font, _size, left, _y, label);
        if (page.Kind is PlacesKind.TwoLines or PlacesKind.Cropped)
        {
            var upper = canvas.Text(_font, _size, right, _y, first);
            _y -= Line - 3;
            page.Field(label, _isJapanese ? first + second : $"{first} {second}", upper, canvas.Text(_font, _size, right, _y, second));
        }
        else
        {
            var text = page.Kind == PlacesKind.TwoColumns ? second : first;
            page.Field(label, text, canvas.Text(_font, _size, right, _y, text));
        }

        _y -= Line;
        Field(_isJapanese ? "請求番号" : "Invoice no.", values.Number("INV"), left, right);
        Date(_isJapanese ? "発行日" : "Date", left, right);
        Date(_isJapanese ? "支払期限" : "Due", left, right);
        _y -= Line;
    }

    private void Field(string name, string value, double left, double right)
    {
        canvas.Text(_font, _size, left, _y, name);
        page.Field(name, value, canvas.Text(_font, _size, right, _y, Shown(value)));
        _y -= Line;
    }

    private void Date(string meaning, double left, double right)
    {
        var date = values.Date();
        canvas.Text(_font, _size, left, _y, meaning);
        page.Date(meaning, date, canvas.Text(_font, _size, right, _y, Shown(values.Write(date))));
        _y -= Line;
    }

    private void Table()
    {
        double[] columns = _isJapanese ? [40, 160, 200, 320] : [40, 200, 250, 320];
        string[] heads = _isJapanese ? ["品名", "数量", "単価", "金額"] : ["Item", "Qty", "Price", "Amount"];
        for (var column = 0; column < heads.Length; column++)
            canvas.Text(_font, _size, columns[column], _y, heads[column]);
        _y -= Line;
        var same = values.Amount();
        var isRepeated = page.Kind == PlacesKind.Repeated;
        for (var row = random.Next(3, 6); row > 0; row--)
        {
            var (price, amount) = isRepeated && random.Next(2) == 0 ? (same, same) : (values.Amount(), values.Amount());
            var quantity = isRepeated ? random.Next(1, 3) : random.Next(1, 99);
            var goods = isRepeated ? values.Pick(["Flat file", "Desk lamp"]) : $"{values.Goods()} {(char)('A' + row)}{row}";
            var text = new List<Box> { canvas.Text(_font, _size, columns[0], _y, goods) };
            var number = canvas.Text(_font, _size, columns[1], _y, Shown($"{quantity}"));
            var each = canvas.Text(_font, _size, columns[2], _y, Shown(Plain(price)));
            var sum = canvas.Text(_font, _size, columns[3], _y, Shown(Plain(amount)));
            if (page.Kind == PlacesKind.TwoLines)
            {
                _y -= Line - 4;
                text.Add(canvas.Text(_font, _size, columns[0], _y, "with warranty"));
                goods += " with warranty";
            }

            page.Row(goods, quantity, price, amount, [.. text], number, each, sum);
            _y -= Line;
        }

        _y -= Line;
    }

    private void Totals()
    {
        var (subtotal, tax) = (values.Amount(), values.Amount());
        Total(_isJapanese ? "小計" : "Subtotal", subtotal);
        Total(_isJapanese ? "消費税" : "Tax", tax);
        Total(_isJapanese ? "合計" : "Total", page.Kind == PlacesKind.Repeated ? subtotal : values.Amount());
        Total(_isJapanese ? "値引" : "Rebate", -values.Amount());
    }

    private void Total(string label, decimal amount)
    {
        canvas.Text(_font, _size, 200, _y, label);
        page.Total(label, amount, canvas.Text(_font, _size, 320, _y, Shown(values.Write(Math.Abs(amount), amount < 0))));
        _y -= Line;
    }

    private string Plain(decimal amount) =>
        amount.ToString(_isJapanese ? "#,0" : "#,0.00", System.Globalization.CultureInfo.InvariantCulture);

    // Digits, letters and commas as wide as ideographs, now and then.
    private string Shown(string text) => !_isJapanese || random.Next(2) == 0
        ? text
        : string.Concat(text.Select(character => character is > ' ' and < '\x7F' ? (char)(character - '!' + '！') : character));
}
