using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire.Formats;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Web;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Extract.Documents.Mail;

/// <summary>A mail as Outlook saves it (MSG): header, body, and what is attached; a mail that is attached stands within it.</summary>
internal sealed class OutlookText
{
    private const int MaxBody = 16 << 20;
    private const int MaxField = 1 << 16;
    private const int MaxDepth = 3;
    private const uint Sent = 0x00390040;
    private const uint Delivered = 0x0E060040;

    // Behind these, the fixed properties of a mail begin, and of a mail within a mail.
    private const int HeadBytes = 32;
    private const int InnerHeadBytes = 24;
    private static readonly string[] AttachmentNames = ["3707", "3704", "3001"];

    private readonly CompoundFile _file;
    private readonly DocumentText _text;
    private readonly AttachedFiles _files;

    private OutlookText(CompoundFile file, DocumentText text, AttachedFiles files) => (_file, _text, _files) = (file, text, files);

    /// <summary>Adds a mail.</summary>
    /// <param name="source">The mail.</param>
    /// <param name="subject">What is read, at the start of a sentence.</param>
    /// <param name="text">Where it goes.</param>
    /// <param name="files">Reads what is attached.</param>
    public static void Read(DocumentSource source, string subject, DocumentText text, AttachedFiles files)
    {
        try
        {
            using var file = new CompoundFile(source.Open());
            new OutlookText(file, text, files).Mail(0, depth: 0);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or ArgumentException)
        {
            throw new MediaRejectedException(
                RejectionReason.CorruptMedia,
                $"{subject} is a damaged Outlook mail ({exception.Message}); submit an intact copy.",
                exception);
        }
    }

    private void Mail(int storage, int depth)
    {
        var fields = _file.Children(storage);
        var title = Field(_file, fields, "0037", MaxField);
        _text.Heading(depth == 0 ? 1 : 3, title.Length == 0 ? "Mail without subject" : title);
        var sender = Field(_file, fields, "0C1A", MaxField);
        var address = Field(_file, fields, "5D01", MaxField) is { Length: > 0 } smtp ? smtp : Field(_file, fields, "0C1F", MaxField);
        Header("From", address.Length > 0 && address.Contains('@', StringComparison.Ordinal) ? $"{sender} <{address}>" : sender);
        Header("To", Field(_file, fields, "0E04", MaxField));
        Header("Cc", Field(_file, fields, "0E03", MaxField));
        Header("Date", Time(_file, fields, depth == 0 ? HeadBytes : InnerHeadBytes));
        if (Field(_file, fields, "1000", MaxBody) is { Length: > 0 } body)
            _text.Paragraph(body.ReplaceLineEndings("\n").Trim());
        else if (Field(_file, fields, "1013", MaxBody) is { Length: > 0 } html)
            HtmlText.Add(html, _text);
        else if (fields.Any(entry => Is(entry.Name, "1009")))
            _text.Missed("bodies in rich text");
        Attachments(fields, depth);

        void Header(string name, string value)
        {
            if (value.Trim().Length > 0)
                _text.Paragraph($"{name}: {value.Trim()}");
        }
    }

    private void Attachments(IReadOnlyList<(int Number, string Name)> mail, int depth)
    {
        var files = new List<AttachedFile>();
        var mails = new List<int>();
        foreach (var attachment in mail.Where(entry => entry.Name.StartsWith("__attach_version1.0_", StringComparison.Ordinal))
            .OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            var fields = _file.Children(attachment.Number);
            var name = AttachmentNames.Select(field => Field(_file, fields, field, MaxField)).FirstOrDefault(value => value.Length > 0);
            var type = Field(_file, fields, "370E", MaxField);
            var inner = fields.FirstOrDefault(entry => entry.Name.Equals("__substg1.0_3701000D", StringComparison.OrdinalIgnoreCase));
            var data = fields.FirstOrDefault(entry => entry.Name.Equals("__substg1.0_37010102", StringComparison.OrdinalIgnoreCase));
            if (inner.Name is not null && depth < MaxDepth)
            {
                mails.Add(inner.Number);
                continue;
            }

            long? length = data.Name is null ? null : _file.LengthOf(data.Number);
            files.Add(new(
                name,
                type.Length == 0 ? null : type,
                length,
                most => length is { } bytes && bytes <= most ? _file.Read(data.Number, most) : null));
        }

        _files.Add(files, _text);
        foreach (var inner in mails)
            Mail(inner, depth + 1);
    }

    private static string Field(CompoundFile file, IReadOnlyList<(int Number, string Name)> entries, string field, int most)
    {
        var (number, name) = entries.FirstOrDefault(entry => Is(entry.Name, field));
        if (name is null)
            return "";
        var bytes = file.Read(number, most);
        var text = name.EndsWith("001F", StringComparison.OrdinalIgnoreCase)
            ? Encoding.Unicode.GetString(bytes)
            : TextEncoding.Detect(bytes, isWhole: false) is { } encoding
                ? TextEncoding.DecodeAnyway(bytes, encoding.Encoding)
                : Encoding.Latin1.GetString(bytes);
        return ControlCharacters.Remove(text.TrimEnd('\0')).Text;
    }

    private static bool Is(string name, string field) => name.StartsWith($"__substg1.0_{field}", StringComparison.OrdinalIgnoreCase);

    // Fixed properties stand in a table of their own, behind a head of 32 bytes: 16 bytes each.
    private static string Time(CompoundFile file, IReadOnlyList<(int Number, string Name)> root, int head)
    {
        var (number, name) = root.FirstOrDefault(entry => entry.Name == "__properties_version1.0");
        if (name is null)
            return "";
        var bytes = file.Read(number, MaxField);
        foreach (var wanted in new[] { Sent, Delivered })
        {
            for (var at = head; at + 16 <= bytes.Length; at += 16)
            {
                var ticks = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at + 8));
                if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at)) == wanted
                    && ticks > 0
                    && ticks < DateTime.MaxValue.Ticks - DateTime.FromFileTimeUtc(0).Ticks)
                {
                    return DateTime.FromFileTimeUtc(ticks).ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
                }
            }
        }

        return "";
    }
}
