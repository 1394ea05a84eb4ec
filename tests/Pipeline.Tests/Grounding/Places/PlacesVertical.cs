namespace Qwen35Batch.Pipeline.Tests.Grounding.Places;

/// <summary>Draws a Japanese page that is written from top to bottom, its lines from right to left.</summary>
internal sealed class PlacesVertical(PlacesPage page, PdfCanvas canvas, PlacesValues values)
{
    private const double Size = 11;

    private double _x = canvas.Width - 60;

    private double Top => canvas.Height - 60;

    public void Draw()
    {
        page.Title("請求書", canvas.Column(16, _x, Top, "請求書"));
        _x -= 34;
        Field("発行元", values.Company());
        Field("担当者", $"営業部{values.Person()}");
        var number = values.Number("第");
        canvas.Column(Size, _x, Top, "請求番号");
        page.Field("請求番号", number, canvas.Column(Size, _x, Top - (Size * 6), Wide(number)));
        _x -= 24;
        var date = values.Date();
        canvas.Column(Size, _x, Top, "発行日");
        var written = $"令和{date.Year - 2018}年{date.Month}月{date.Day}日";
        page.Date("発行日", date, canvas.Column(Size, _x, Top - (Size * 6), Wide(written)));
        _x -= 24;
        foreach (var label in new[] { "小計", "消費税", "合計" })
        {
            var amount = values.Amount();
            canvas.Column(Size, _x, Top, label);
            page.Total(label, amount, canvas.Column(
                Size, _x, Top - (Size * 6), Wide($"{amount.ToString("0", System.Globalization.CultureInfo.InvariantCulture)}円")));
            _x -= 24;
        }
    }

    private void Field(string name, string value)
    {
        canvas.Column(Size, _x, Top, name);
        page.Field(name, value, canvas.Column(Size, _x, Top - (Size * 6), value));
        _x -= 24;
    }

    private static string Wide(string text) =>
        string.Concat(text.Select(character => character is > ' ' and < '\x7F' ? (char)(character - '!' + '！') : character));
}
