using Qwen35Batch.Contracts.Insights;

namespace Qwen35Batch.Persistence.Model;

internal sealed class CitationRow
{
    public long InsightId { get; set; }

    /// <summary>From 0, as the citations were given.</summary>
    public int Position { get; set; }

    public required string Field { get; set; }

    public int Segment { get; set; }

    public int? Page { get; set; }

    public double? StartSeconds { get; set; }

    public double? EndSeconds { get; set; }

    public double? FrameSeconds { get; set; }

    public double? BoxLeft { get; set; }

    public double? BoxTop { get; set; }

    public double? BoxWidth { get; set; }

    public double? BoxHeight { get; set; }

    public string? PictureSha256 { get; set; }

    /// <summary>By its name in JSON, because analysts read it.</summary>
    public string? Method { get; set; }

    public string? Matched { get; set; }

    public double? Score { get; set; }

    public string? Address { get; set; }

    /// <summary>The places of a value that stands on several lines, as JSON; null for what has at most one box.</summary>
    public string? Places { get; set; }

    public static CitationRow From(Citation citation, int position) => new()
    {
        Position = position,
        Field = citation.Field.Storable(),
        Segment = citation.Segment,
        Page = citation.Page,
        StartSeconds = citation.StartSeconds,
        EndSeconds = citation.EndSeconds,
        FrameSeconds = citation.FrameSeconds,
        BoxLeft = citation.Box?.Left,
        BoxTop = citation.Box?.Top,
        BoxWidth = citation.Box?.Width,
        BoxHeight = citation.Box?.Height,
        PictureSha256 = citation.PictureSha256,
        Method = citation.Method is { } method ? LedgerJson.Name(method) : null,
        Matched = citation.Matched?.Storable(),
        Score = citation.Score,
        Address = citation.Address?.Storable(ColumnLengths.Address),
        Places = citation is { Boxes: null, Lines: null } ? null : LedgerJson.Write(new LinePlaces(citation.Boxes, citation.Lines)),
    };

    public Citation ToCitation()
    {
        var places = Places is null ? null : LedgerJson.Read<LinePlaces>(Places);
        return ToCitation(places);
    }

    private Citation ToCitation(LinePlaces? places) => new()
    {
        Field = Field,
        Segment = Segment,
        Page = Page,
        StartSeconds = StartSeconds,
        EndSeconds = EndSeconds,
        FrameSeconds = FrameSeconds,
        Box = BoxLeft is { } left ? new(left, BoxTop ?? 0, BoxWidth ?? 0, BoxHeight ?? 0) : null,
        PictureSha256 = PictureSha256,
        Method = Method is { } method ? LedgerJson.Value<CitationMethod>(method) : null,
        Matched = Matched,
        Score = Score,
        Address = Address,
        Boxes = places?.Boxes,
        Lines = places?.Lines,
    };

    private sealed record LinePlaces(IReadOnlyList<Box>? Boxes, IReadOnlyList<TextRange>? Lines);
}
