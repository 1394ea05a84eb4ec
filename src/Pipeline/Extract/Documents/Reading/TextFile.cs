using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Acquire.Formats;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Extract.Documents.Reading;

/// <summary>A file of plain text.</summary>
internal static class TextFile
{
    // Above this share of bytes that are no characters, the text is not what it was.
    private const double MostReplaced = 0.01;

    /// <summary>Reads it.</summary>
    /// <param name="source">The file.</param>
    /// <param name="subject">What is read, at the start of a sentence.</param>
    /// <param name="options">The limits.</param>
    /// <param name="declares">The name of the encoding that a text declares of itself; null for a kind that declares none.</param>
    /// <returns>The text with line feeds, where it begins in the file, and what a reader must know of it.</returns>
    public static (string Text, TextStart Start, IReadOnlyList<ReadingNote> Notes) Read(
        DocumentSource source, string subject, ExtractOptions options, Func<byte[], string?>? declares = null)
    {
        if (source.Length > options.MaxTextLength)
        {
            throw new MediaRejectedException(
                RejectionReason.TooLarge,
                $"{subject} is a text of more than {options.MaxTextLength:N0} bytes; split it, or raise Extract:MaxTextLength.");
        }

        var bytes = source.ReadAll();
        var head = bytes.AsSpan(0, Math.Min(bytes.Length, MediaSniffer.HeadBytes));
        var detected = TextEncoding.Declared(bytes, declares?.Invoke(bytes))
            ?? TextEncoding.Detect(bytes, isWhole: true)
            ?? TextEncoding.Detect(head, head.Length == bytes.Length)
            ?? throw new MediaRejectedException(
                RejectionReason.CorruptMedia, $"{subject} begins as text but contains bytes that are none; save it as UTF-8.");
        var notes = new List<ReadingNote>();
        var text = TextEncoding.Decode(bytes, detected.Encoding);
        if (text.Length == 0 && bytes.Length > 3)
            text = WithReplacements(bytes, detected, subject, notes);
        if (detected.IsGuess)
            notes.Add(ReadingNote.Information($"The text's encoding is not declared; it was read as {detected.Name}."));
        (text, var removed) = ControlCharacters.Remove(text);
        if (removed > 0)
        {
            notes.Add(ReadingNote.Information(FormattableString.Invariant($"{removed} control characters of the text were left out.")));
        }

        text = text.ReplaceLineEndings("\n");
        var before = text[..^text.TrimStart().Length];
        var start = new TextStart(1 + before.Count(character => character == '\n'), before.Length - 1 - before.LastIndexOf('\n'));
        return (text.Trim(), start, notes);
    }

    private static string WithReplacements(byte[] bytes, DetectedEncoding detected, string subject, List<ReadingNote> notes)
    {
        var text = TextEncoding.DecodeAnyway(bytes, detected.Encoding);
        var replaced = text.Count(character => character == '\uFFFD');
        if (replaced > text.Length * MostReplaced)
        {
            throw new MediaRejectedException(
                RejectionReason.CorruptMedia, $"{subject} begins as text but contains bytes that are none; save it as UTF-8.");
        }

        notes.Add(
            ReadingNote.Gap(
                FormattableString.Invariant(
                    $"{replaced} places of the text are no characters in its encoding ({detected.Name}) and are shown as \uFFFD.")));
        return text;
    }
}
