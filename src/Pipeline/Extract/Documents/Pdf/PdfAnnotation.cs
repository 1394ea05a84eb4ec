using System.Text.Json.Serialization;
using Qwen35Batch.Contracts.Insights;

namespace Qwen35Batch.Pipeline.Extract.Documents.Pdf;

/// <summary>Something that was put on a page of a PDF: a note, a mark, a field of a form, a signature, a film.</summary>
/// <param name="Page">The page, from 1.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Label">The words before it, such as <c>Note</c> or a field's name.</param>
/// <param name="Author">Who put it there; null where it is not said.</param>
/// <param name="Text">Its own words; null for a mark without any.</param>
/// <param name="Box">Its place on the page as it is shown; null outside of it.</param>
/// <param name="Marked">The places of the words that it marks, one for each line.</param>
internal sealed record PdfAnnotation(
    int Page, PdfAnnotationKind Kind, string Label, string? Author, string? Text, Box? Box, IReadOnlyList<Box> Marked);

/// <summary>How an annotation is read.</summary>
internal enum PdfAnnotationKind
{
    /// <summary>Its words are not drawn on the page.</summary>
    Remark,

    /// <summary>Its words are drawn on the page, unless the file leaves that to the viewer.</summary>
    Drawn,

    /// <summary>A film, a sound or a model: it is counted.</summary>
    Media,
}

[JsonSerializable(typeof(IReadOnlyList<PdfAnnotation>))]
internal sealed partial class PdfAnnotationJson : JsonSerializerContext;
