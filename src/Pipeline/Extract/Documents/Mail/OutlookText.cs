using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire.Formats;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Web;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Extract.Documents.Mail;

/// <summary>A mail as Outlook saves it (MSG): header, body, and the list of what is attached.</summary>
internal static class OutlookText
{
    private const int MaxBody = 16 << 20;
    private const int MaxField = 1 << 16;
    private const int MaxAttachments = 200;
    private const uint Sent = 0x00390040;
    private const uint Delivered = 0x0E060040;
    private static readonly string[] AttachmentNames = ["3707", "3704", "3001"];

    /// <summary>Adds a mail.</summary>
    public static void Read(string path, string subject, DocumentText text)
    {
        try
        {
            using var file = new CompoundFile(path);
            var root = file.Children(0);
            var title = Field(file, root, "0037", MaxField);
            text.Heading(1, title.Length == 0 ? "Mail without subject" : title);
            var sender = Field(file, root, "0C1A", MaxField);
            var address = Field(file, root, "5D01", MaxField) is { Length: > 0 } smtp ? smtp : Field(file, root, "0C1F", MaxField);
            Header("From", address.Length > 0 && address.Contains('@', StringComparison.Ordinal) ? $"{sender} <{address}>" : sender);
            Header("To", Field(file, root, "0E04", MaxField));
            Header("Cc", Field(file, root, "0E03", MaxField));
            Header("Date", Time(file, root));
            if (Field(file, root, "1000", MaxBody) is { Length: > 0 } body)
                text.Paragraph(body.ReplaceLineEndings("\n").Trim());
            else if (Field(file, root, "1013", MaxBody) is { Length: > 0 } html)
                HtmlText.Add(html, text);
            else if (root.Any(entry => Is(entry.Name, "1009")))
                text.Missed("bodies in rich text");
            Attachments(file, root, text);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or ArgumentException)
        {
            throw new MediaRejectedException(
                RejectionReason.CorruptMedia,
                $"{subject} is a damaged Outlook mail ({exception.Message}); submit an intact copy.",
                exception);
        }

        void Header(string name, string value)
        {
            if (value.Trim().Length > 0)
                text.Paragraph($"{name}: {value.Trim()}");
        }
    }

    private static void Attachments(CompoundFile file, IReadOnlyList<(int Number, string Name)> root, DocumentText text)
    {
        var attachments = root.Where(entry => entry.Name.StartsWith("__attach_version1.0_", StringComparison.Ordinal))
            .OrderBy(entry => entry.Name, StringComparer.Ordinal).ToList();
        if (attachments.Count > 0)
            text.Heading(2, "Attachments");
        foreach (var attachment in attachments.Skip(MaxAttachments))
            text.Missed("attachments");
        foreach (var attachment in attachments.Take(MaxAttachments))
        {
            var fields = file.Children(attachment.Number);
            var name = AttachmentNames.Select(field => Field(file, fields, field, MaxField)).FirstOrDefault(value => value.Length > 0)
                ?? "without a name";
            text.Paragraph($"- {name}");
            text.Missed("attachments", name);
        }
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
                ? TextEncoding.Decode(bytes, encoding.Encoding)
                : Encoding.Latin1.GetString(bytes);
        return ControlCharacters.Remove(text.TrimEnd('\0')).Text;
    }

    private static bool Is(string name, string field) => name.StartsWith($"__substg1.0_{field}", StringComparison.OrdinalIgnoreCase);

    // Fixed properties stand in a table of their own, behind a head of 32 bytes: 16 bytes each.
    private static string Time(CompoundFile file, IReadOnlyList<(int Number, string Name)> root)
    {
        var (number, name) = root.FirstOrDefault(entry => entry.Name == "__properties_version1.0");
        if (name is null)
            return "";
        var bytes = file.Read(number, MaxField);
        foreach (var wanted in new[] { Sent, Delivered })
        {
            for (var at = 32; at + 16 <= bytes.Length; at += 16)
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
