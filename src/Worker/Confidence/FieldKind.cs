using System.Text.Json;
using System.Text.RegularExpressions;

namespace Qwen35Batch.Worker.Confidence;

/// <summary>What a field's value is: fields of a kind go wrong alike, and are counted together.</summary>
internal enum FieldKind
{
    /// <summary>A text that is no date.</summary>
    Text,

    /// <summary>A date, or a date and a time, as ISO 8601 writes them.</summary>
    Date,

    /// <summary>A number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>The model says that there is no value.</summary>
    Null,

    /// <summary>How many elements a list has.</summary>
    List,
}

/// <summary>Tells the kind of a value.</summary>
internal static partial class FieldKinds
{
    public static FieldKind Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => IsoDate().IsMatch(value.GetString()!) ? FieldKind.Date : FieldKind.Text,
        JsonValueKind.Number => FieldKind.Number,
        JsonValueKind.True or JsonValueKind.False => FieldKind.Boolean,
        JsonValueKind.Array => FieldKind.List,
        _ => FieldKind.Null,
    };

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2})?)?$", RegexOptions.CultureInvariant)]
    private static partial Regex IsoDate();
}
