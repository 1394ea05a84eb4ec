using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Qwen35Batch.Contracts.Insights;

namespace Qwen35Batch.Pipeline.Tests.Grounding.Places;

/// <summary>
/// A generated page, an answer about it as a model would give it, and where each value of the answer is shown. Some values of the answer
/// are inventions: they are nowhere.
/// </summary>
internal sealed class PlacesPage
{
    private readonly JsonObject _answer = new()
    {
        ["title"] = null,
        ["fields"] = new JsonArray(),
        ["dates"] = new JsonArray(),
        ["totals"] = new JsonArray(),
        ["rows"] = new JsonArray(),
    };

    private PlacesPage(PlacesKind kind, int seed)
    {
        Kind = kind;
        var random = new Random((seed * 31) + (int)kind);
        var values = new PlacesValues(random, kind is PlacesKind.FullWidth or PlacesKind.Vertical);
        var pages = new List<PdfCanvas>();
        if (kind == PlacesKind.MixedSizes)
        {
            pages.Add(new([0, 0, 842, 595], [0, 0, 842, 595], 0, isUpright: true));
            pages[0].Text(PdfFont.Latin, 12, 60, 300, "Cover");
        }

        var canvas = Canvas(kind, random);
        pages.Add(canvas);
        Page = pages.Count;
        if (kind == PlacesKind.Vertical)
            new PlacesVertical(this, canvas, values).Draw();
        else
            new PlacesInvoice(this, canvas, values, random).Draw();
        Invent(values, random);
        Pdf = PdfPages.Write(pages);
    }

    /// <summary>The schema of the answer.</summary>
    public static JsonElement Schema { get; } = JsonDocument.Parse(
        """
        {"type":"object","properties":{"title":{"type":["string","null"]},
        "fields":{"type":"array","items":{"type":"object","properties":{"name":{"type":"string"},"value":{"type":"string"}}}},
        "dates":{"type":"array","items":{"type":"object","properties":{"meaning":{"type":"string"},"date":{"type":"string"}}}},
        "totals":{"type":"array","items":{"type":"object","properties":{"label":{"type":"string"},"amount":{"type":"number"}}}},
        "rows":{"type":"array","items":{"type":"object","properties":{"description":{"type":"string"},"quantity":{"type":"integer"},
        "price":{"type":"number"},"amount":{"type":"number"}}}}}}
        """).RootElement;

    public PlacesKind Kind { get; }

    public byte[] Pdf { get; }

    /// <summary>The page that the answer is about, from 1.</summary>
    public int Page { get; }

    public JsonElement Answer => JsonSerializer.SerializeToElement(_answer);

    /// <summary>Where the values are shown, by their pointers: one place a line.</summary>
    public Dictionary<string, IReadOnlyList<Box>> Planted { get; } = [];

    /// <summary>The pointers of values that are nowhere.</summary>
    public List<string> Invented { get; } = [];

    public static PlacesPage Make(PlacesKind kind, int seed) => new(kind, seed);

    public void Title(string text, Box place)
    {
        _answer["title"] = text;
        Planted["/title"] = [place];
    }

    public void Field(string name, string value, params Box[] places) => Add("fields", "value", places, ("name", name), ("value", value));

    public void Date(string meaning, DateOnly date, params Box[] places) => Add(
        "dates", "date", places, ("meaning", meaning), ("date", date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));

    public void Total(string label, decimal amount, params Box[] places) =>
        Add("totals", "amount", places, ("label", label), ("amount", amount));

    public void Row(string description, int quantity, decimal price, decimal amount, Box[] text, Box number, Box each, Box sum)
    {
        var pointer = Add(
            "rows", "description", text, ("description", description), ("quantity", quantity), ("price", price), ("amount", amount));
        Planted[$"{pointer}/quantity"] = [number];
        Planted[$"{pointer}/price"] = [each];
        Planted[$"{pointer}/amount"] = [sum];
    }

    private static PdfCanvas Canvas(PlacesKind kind, Random random)
    {
        double[] media = kind == PlacesKind.MixedSizes ? [0, 0, 420, 595] : random.Next(2) == 0 ? [0, 0, 595, 842] : [10, 30, 622, 822];
        var crop = kind is PlacesKind.Cropped or PlacesKind.CroppedAndTurned
            ? new[] { media[0] + 25, media[1] + 40, media[2] - 35, media[3] - 20 }
            : media;
        var rotation = kind switch
        {
            PlacesKind.Turned90 => 90,
            PlacesKind.Turned180 => 180,
            PlacesKind.Turned270 => 270,
            PlacesKind.CroppedAndTurned => 90 * random.Next(1, 4),
            PlacesKind.Stamped => 90 * random.Next(0, 4),
            _ => 0,
        };
        return new(media, crop, rotation, isUpright: random.Next(2) == 0)
        {
            UserUnit = kind == PlacesKind.UserUnit ? random.Next(2, 11) : 1,
        };
    }

    private void Invent(PlacesValues values, Random random)
    {
        var number = _answer["fields"]!.AsArray().Select(field => (string)field!["value"]!).First(value => value[0] is 'I' or '第');
        foreach (var (name, value) in new[]
            { ("Purchase order", values.Number("PO")), ("Contact", values.Person()), ("Reference", values.Changed(number)) })
        {
            Add("fields", "value", [], ("name", name), ("value", value));
        }

        Add("dates", "date", [], ("meaning", "Delivery"), ("date", values.Date().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
        Add("totals", "amount", [], ("label", "Discount"), ("amount", values.Amount() + (random.Next(1, 9) / 1000m)));
        Add("totals", "amount", [], ("label", "Deposit"), ("amount", values.Amount()));
    }

    private string Add(string list, string member, Box[] places, params (string Name, object Value)[] members)
    {
        var array = _answer[list]!.AsArray();
        var pointer = $"/{list}/{array.Count}";
        array.Add(new JsonObject(members.Select(entry => KeyValuePair.Create(entry.Name, JsonSerializer.SerializeToNode(entry.Value)))));
        if (places.Length > 0)
            Planted[$"{pointer}/{member}"] = places;
        else
            Invented.Add($"{pointer}/{member}");
        return pointer;
    }
}
