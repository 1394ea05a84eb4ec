using System.Globalization;
using System.Text;
using MimeKit;
using MimeKit.Cryptography;
using MimeKit.Tnef;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire.Formats;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Web;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Extract.Documents.Mail;

/// <summary>A mail: its header, its body as it is shown, and what is attached.</summary>
internal sealed class MailText
{
    private const int MaxDepth = 50;
    private const int MaxBody = 16 << 20;

    private static readonly string[] Signatures =
        ["application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"];

    private readonly DocumentText _text;
    private readonly List<AttachedFile> _attached = [];

    // Older charsets, such as ISO-2022-JP, are known to the library when the runtime knows them.
    static MailText() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    private MailText(DocumentText text) => _text = text;

    /// <summary>Adds a mail.</summary>
    /// <param name="source">The mail.</param>
    /// <param name="subject">What is read, at the start of a sentence.</param>
    /// <param name="text">Where it goes.</param>
    /// <param name="files">Reads what is attached.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static void Read(
        DocumentSource source, string subject, DocumentText text, AttachedFiles files, CancellationToken cancellationToken)
    {
        try
        {
            using var content = source.Open();
            var format = IsMailbox(content) ? MimeFormat.Mbox : MimeFormat.Default;
            var parser = new MimeParser(new ParserOptions { MaxMimeDepth = MaxDepth }, content, format);
            do
            {
                using var message = parser.ParseMessage(cancellationToken);
                var mail = new MailText(text);
                mail.Header(message);
                mail.Body(message.Body);
                files.Add(mail._attached, text);
            }
            while (format == MimeFormat.Mbox && !parser.IsEndOfStream && text.HasRoom);
        }
        catch (FormatException exception)
        {
            throw new MediaRejectedException(
                RejectionReason.CorruptMedia, $"{subject} is a damaged mail ({exception.Message}); submit an intact copy.", exception);
        }
    }

    // A mailbox is mails one behind the other, each behind a line that begins so.
    private static bool IsMailbox(Stream content)
    {
        var start = new byte[5];
        content.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        content.Position = 0;
        return start.AsSpan().SequenceEqual("From "u8);
    }

    private void Header(MimeMessage message)
    {
        _text.Heading(1, string.IsNullOrWhiteSpace(message.Subject) ? "Mail without subject" : message.Subject);
        Field("From", message.From.ToString());
        Field("To", message.To.ToString());
        Field("Cc", message.Cc.ToString());
        Field(
            "Date",
            message.Date == DateTimeOffset.MinValue ? "" : message.Date.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture));

        void Field(string name, string value)
        {
            if (value.Length > 0)
                _text.Paragraph($"{name}: {value}");
        }
    }

    private void Body(MimeEntity? entity)
    {
        switch (entity)
        {
            case MultipartEncrypted or ApplicationPkcs7Mime:
                _text.Missed("encrypted or sealed bodies");
                break;
            case MultipartAlternative alternatives:
                var chosen = Chosen(alternatives);
                Body(chosen);
                foreach (var other in alternatives.Where(other => other != chosen))
                    Beside(other);
                break;
            case MultipartSigned signed:
                Body(signed.FirstOrDefault());
                break;
            case MultipartRelated related:
                Body(related.Root);
                foreach (var other in related.Where(other => other != related.Root))
                    Attach(other);
                break;
            case Multipart parts:
                foreach (var part in parts)
                    Body(part);
                break;
            case TextPart { IsAttachment: false } words when words.IsHtml:
                HtmlText.Add(Words(words), _text);
                break;
            case TextPart { IsAttachment: false } words when words.IsPlain:
                _text.Paragraph(Words(words).ReplaceLineEndings("\n").Trim());
                break;
            case not null:
                Attach(entity);
                break;
        }
    }

    // Plain words, when there are any: what is written in them is what was meant.
    private static MimeEntity? Chosen(MultipartAlternative alternatives) =>
        alternatives.OfType<TextPart>().FirstOrDefault(part => part.IsPlain && !string.IsNullOrWhiteSpace(part.Text))
        ?? alternatives.LastOrDefault(part => part is Multipart or TextPart { IsHtml: true })
        ?? alternatives.FirstOrDefault();

    // Of an alternative that is not shown, the words are the same; what else is in it, such as an attachment, is not.
    private void Beside(MimeEntity entity)
    {
        if (entity is Multipart parts)
        {
            foreach (var part in parts)
                Beside(part);
        }
        else if (entity is not TextPart { IsAttachment: false, ContentType.MediaSubtype: "plain" or "html" or "enriched" })
        {
            Attach(entity);
        }
    }

    private void Attach(MimeEntity entity)
    {
        var type = entity.ContentType.MimeType;
        if (entity is Multipart parts)
        {
            foreach (var part in parts)
                Attach(part);
        }
        else if (entity is MessagePart { Message: { } message })
        {
            _attached.Add(new($"mail: {message.Subject}", type, null, most => Bytes(message.WriteTo, most)));
        }
        else if (entity is MimePart { IsAttachment: false, ContentType.MediaType: "image" } picture)
        {
            _text.Missed("pictures of the mail", picture.FileName);
        }
        else if (entity is MimePart && Signatures.Contains(type, StringComparer.OrdinalIgnoreCase))
        {
            _text.Remark("The mail is signed; the signature was not checked.");
        }
        else if (entity is TnefPart packed)
        {
            Unpack(packed);
        }
        else if (entity is MimePart part)
        {
            _attached.Add(new(
                part.FileName, type, null, most => part.Content is { } content ? Bytes(content.DecodeTo, most) : null));
        }
        else
        {
            _text.Missed("damaged attachments");
        }
    }

    // What Outlook packs into one file of its own, winmail.dat.
    private void Unpack(TnefPart packed)
    {
        var inner = new List<MimeEntity>();
        try
        {
            inner.AddRange(packed.ExtractAttachments());
        }
        catch (Exception exception) when (exception is FormatException or IOException or ArgumentException or NotSupportedException)
        {
            // What could be unpacked before is there.
        }

        if (inner.Count == 0)
            _text.Missed("damaged attachments", packed.FileName);
        foreach (var entity in inner)
            Attach(entity);
    }

    // A body that does not say its charset is read as a text file is.
    private static string Words(TextPart part)
    {
        if (part.ContentType.Charset is null && part.Content is { } content && Bytes(content.DecodeTo, MaxBody) is { } bytes
            && TextEncoding.Detect(bytes, isWhole: true) is { } encoding)
        {
            return TextEncoding.DecodeAnyway(bytes, encoding.Encoding);
        }

        return part.Text;
    }

    private static byte[]? Bytes(Action<Stream, CancellationToken> write, int most)
    {
        using var content = new MemoryStream();
        using var bounded = new Bounded(content, most);
        write(bounded, CancellationToken.None);
        return bounded.HasOverflowed ? null : content.ToArray();
    }
}
