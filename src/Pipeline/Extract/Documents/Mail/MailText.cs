using System.Globalization;
using MimeKit;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Web;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Extract.Documents.Mail;

/// <summary>A mail: its header, its body as it is shown, and the list of what is attached.</summary>
internal static class MailText
{
    private const int MaxAttachments = 200;
    private const int MaxDepth = 50;

    /// <summary>Adds a mail.</summary>
    /// <param name="path">A file of the media store.</param>
    /// <param name="subject">What is read, at the start of a sentence.</param>
    /// <param name="text">Where it goes.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static void Read(string path, string subject, DocumentText text, CancellationToken cancellationToken)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var parser = new MimeParser(new ParserOptions { MaxMimeDepth = MaxDepth }, file, MimeFormat.Default);
            using var message = parser.ParseMessage(cancellationToken);
            Add(message, text);
        }
        catch (FormatException exception)
        {
            throw new MediaRejectedException(
                RejectionReason.CorruptMedia, $"{subject} is a damaged mail ({exception.Message}); submit an intact copy.", exception);
        }
    }

    private static void Add(MimeMessage message, DocumentText text)
    {
        text.Heading(1, string.IsNullOrWhiteSpace(message.Subject) ? "Mail without subject" : message.Subject);
        Header("From", message.From.ToString());
        Header("To", message.To.ToString());
        Header("Cc", message.Cc.ToString());
        Header(
            "Date",
            message.Date == DateTimeOffset.MinValue ? "" : message.Date.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture));
        if (message.HtmlBody is { } html && (message.TextBody is not { } plain || string.IsNullOrWhiteSpace(plain)))
            HtmlText.Add(html, text);
        else
            text.Paragraph((message.TextBody ?? "").ReplaceLineEndings("\n").Trim());

        var attachments = message.Attachments.ToList();
        if (message.Body is MimeKit.Cryptography.MultipartEncrypted
            || message.BodyParts.OfType<MimeKit.Cryptography.ApplicationPkcs7Mime>().Any())
        {
            text.Missed("encrypted or sealed bodies");
        }

        if (attachments.Count == 0)
            return;
        text.Heading(2, "Attachments");
        foreach (var attachment in attachments.Skip(MaxAttachments))
            text.Missed("attachments");
        foreach (var attachment in attachments.Take(MaxAttachments))
        {
            var name = attachment is MessagePart { Message: { } inner } ? $"mail: {inner.Subject}"
                : attachment is MimePart part ? part.FileName ?? part.ContentType.Name ?? "without a name" : "without a name";
            text.Paragraph($"- {name} ({attachment.ContentType.MimeType})");
            text.Missed("attachments", name);
        }

        void Header(string name, string value)
        {
            if (value.Length > 0)
                text.Paragraph($"{name}: {value}");
        }
    }
}
