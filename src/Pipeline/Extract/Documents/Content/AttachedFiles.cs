using System.Globalization;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire.Formats;
using Qwen35Batch.Pipeline.Extract.Archives;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Extract.Documents.Content;

/// <summary>
/// Files within a document, such as what is attached to a mail: all are listed; documents and texts among them are read with it, as far as
/// the limits go, and every other one is counted.
/// </summary>
/// <param name="read">Reads a file of a media type into text; the third is what is read, at the start of a sentence.</param>
internal sealed class AttachedFiles(Func<DocumentSource, string, string, DocumentContent> read)
{
    private const string Unread = "attachments";
    private const int MaxFiles = 200;
    private const int MaxDepth = 3;
    private const int LargestFile = 32 << 20;

    private int _bytesLeft = 64 << 20;
    private int _filesLeft = MaxFiles;
    private int _depth;

    /// <summary>Lists files under a heading of their own, and reads what can be read of them.</summary>
    public void Add(IReadOnlyCollection<AttachedFile> files, DocumentText text)
    {
        if (files.Count == 0)
            return;
        text.Heading(2, "Attachments");
        var contents = new List<(string Name, DocumentContent Content)>();
        foreach (var file in files)
        {
            var name = NameOf(file);
            if (_filesLeft == 0 || !text.HasRoom)
            {
                text.Missed(Unread, name);
                continue;
            }

            var length = file.Length;
            var content = Read(file with
            {
                Read = most =>
                {
                    var bytes = file.Read(most);
                    length = bytes?.Length ?? length;
                    return bytes;
                },
            });
            text.Paragraph($"- {name}{Described(file.MediaType, length)}");
            if (content is not null)
                contents.Add((name, content));
            else if (length != 0)
                text.Missed(Unread, name);
        }

        foreach (var (name, content) in contents)
            text.Insert($"Attached: {name}", name, content);
    }

    /// <summary>Reads a file; null when it is none that is read, or when too much was read before it.</summary>
    public DocumentContent? Read(AttachedFile file)
    {
        if (_filesLeft == 0 || _bytesLeft <= 0 || _depth >= MaxDepth || file.Read(Math.Min(_bytesLeft, LargestFile)) is not { } bytes)
            return null;
        _filesLeft--;
        _bytesLeft -= bytes.Length;
        _depth++;
        try
        {
            var name = NameOf(file);
            // The header of a mail within a mail may be too short to tell it from a text.
            var media = file.MediaType == DocumentFormats.Mail
                ? new(MediaKind.Text, DocumentFormats.Mail)
                : MediaSniffer.Sniff(bytes, name);
            return media.Kind is MediaKind.Office or MediaKind.Text && media.MediaType != DocumentFormats.Zip
                ? read(DocumentSource.OfBytes(bytes), media.MediaType, $"'{name}'")
                : null;
        }
        catch (MediaRejectedException)
        {
            return null;
        }
        finally
        {
            _depth--;
        }
    }

    /// <summary>A file's name as it may be shown.</summary>
    public static string NameOf(AttachedFile file) =>
        EntryNames.Shown(string.IsNullOrWhiteSpace(file.Name) ? "without a name" : file.Name.Trim());

    private static string Described(string? mediaType, long? length)
    {
        var size = length is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes") : null;
        var known = string.Join(", ", new[] { mediaType is null ? null : EntryNames.Shown(mediaType), size }.OfType<string>());
        return known.Length == 0 ? "" : $" ({known})";
    }
}
