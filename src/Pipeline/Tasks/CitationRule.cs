namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>How a field of an answer becomes a citation.</summary>
/// <param name="Field">The JSON pointer of an object of the answer; <c>*</c> stands for every item of an array.</param>
/// <param name="Start">The object's property with the start of a span, in seconds from the start of the media.</param>
/// <param name="End">The object's property with the end of a span.</param>
/// <param name="Time">The object's property with one moment.</param>
/// <param name="Page">The object's property with a page, from 1.</param>
internal sealed record CitationRule(string Field, string? Start = null, string? End = null, string? Time = null, string? Page = null)
{
    /// <summary>The properties that hold times.</summary>
    public IEnumerable<string> Times() => new[] { Start, End, Time }.OfType<string>();
}
