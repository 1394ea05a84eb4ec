using System.Text;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract.Documents;

/// <summary>Mails as programs of many makers put them together.</summary>
public sealed class MailTests : IDisposable
{
    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Japanese_mail_in_its_older_charset_is_read()
    {
        var jis = CodePagesEncodingProvider.Instance.GetEncoding("iso-2022-jp")!;
        var body = string.Concat(jis.GetBytes("合計は千円です").Select(value => value is (byte)'=' or < 32 or > 126
            ? $"={value:X2}"
            : ((char)value).ToString()));

        var part = await ReadAsync(
            $"Subject: =?ISO-2022-JP?B?{Convert.ToBase64String(jis.GetBytes("会議"))}?=",
            "Content-Type: text/plain; charset=ISO-2022-JP", "Content-Transfer-Encoding: quoted-printable", "", body);

        Assert.StartsWith("# 会議\n", part.Text, StringComparison.Ordinal);
        Assert.EndsWith("\n\n合計は千円です", part.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_does_not_say_its_charset_is_read_as_a_text_file_is()
    {
        var head = Encoding.ASCII.GetBytes(Mail("Subject: x", "Content-Type: text/plain", "", ""));
        var body = CodePagesEncodingProvider.Instance.GetEncoding("shift_jis")!.GetBytes("今月の売上は百万円でした");
        var path = _rig.Folder.Write("a.eml", [.. head, .. body]);

        var part = Assert.Single(await _rig.ExtractAsync(path));

        Assert.EndsWith("今月の売上は百万円でした", part.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mail_within_a_mail_a_table_and_an_appointment_are_read_with_it()
    {
        var part = await ReadAsync(
            "Subject: Outer", "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b", "",
            "--b", "Content-Type: text/plain", "", "See below.",
            "--b", "Content-Type: message/rfc822", "", "From: inner@example.org", "Subject: Inner", "", "Inner words",
            "--b", "Content-Type: text/csv; name=list.csv", "Content-Disposition: attachment; filename=list.csv", "", "name,7",
            "--b", "Content-Type: text/calendar; method=REQUEST", "", "SUMMARY:Budget", "--b--");

        Assert.Contains("\n\nSee below.\n\n## Attachments\n\n- mail: Inner (message/rfc822, ", part.Text, StringComparison.Ordinal);
        Assert.Contains(
            "### Attached: mail: Inner\n\n# Inner\n\nFrom: inner@example.org\n\nInner words\n\n", part.Text, StringComparison.Ordinal);
        Assert.Contains("### Attached: list.csv\n\nname,7\n\n", part.Text, StringComparison.Ordinal);
        Assert.EndsWith("\n\nSUMMARY:Budget", part.Text, StringComparison.Ordinal);
        Assert.False(part.HasGaps);
    }

    [Fact]
    public async Task Mails_within_mails_are_read_to_a_depth()
    {
        var mail = "From: a@example.org\r\nSubject: m6\r\n\r\nthe innermost";
        for (var number = 5; number > 0; number--)
            mail = $"From: a@example.org\r\nSubject: m{number}\r\nMIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\n{mail}";

        var part = Assert.Single(await _rig.ExtractAsync(_rig.Folder.Write("deep.eml", mail)));

        Assert.Contains("# m4", part.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("the innermost", part.Text, StringComparison.Ordinal);
        Assert.Contains("1 attachments (mail: m5)", part.Note, StringComparison.Ordinal);
        Assert.True(part.HasGaps);
    }

    [Fact]
    public async Task Pictures_within_a_mail_are_counted_and_what_an_alternative_brings_is_not_lost()
    {
        var part = await ReadAsync(
            "Subject: x", "MIME-Version: 1.0", "Content-Type: multipart/alternative; boundary=a", "",
            "--a", "Content-Type: text/plain", "", "Plain words",
            "--a", "Content-Type: multipart/related; boundary=r", "",
            "--r", "Content-Type: text/html", "", "<p>Styled words</p><img src=\"cid:p\">",
            "--r", "Content-Type: image/png", "Content-ID: <p>", "Content-Disposition: inline; filename=p.png", "", "x", "--r--",
            "--a--");

        Assert.EndsWith("\n\nPlain words", part.Text, StringComparison.Ordinal);
        Assert.Contains("1 pictures of the mail (p.png)", part.Note, StringComparison.Ordinal);
        Assert.True(part.HasGaps);
    }

    [Fact]
    public async Task A_styled_body_alone_is_read_and_its_own_pictures_are_not_called_linked()
    {
        var part = await ReadAsync("Subject: x", "MIME-Version: 1.0", "Content-Type: text/html", "", "<p>Styled</p><img src=\"cid:p\">");

        Assert.EndsWith("\n\nStyled", part.Text, StringComparison.Ordinal);
        Assert.Null(part.Note);
    }

    [Fact]
    public async Task A_signature_is_no_content_and_is_no_gap()
    {
        var part = await ReadAsync(
            "Subject: x", "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b", "",
            "--b", "Content-Type: text/plain", "", "Words",
            "--b", "Content-Type: application/pkcs7-signature; name=smime.p7s", "Content-Transfer-Encoding: base64", "", "AAAA", "--b--");

        Assert.EndsWith("\n\nWords", part.Text, StringComparison.Ordinal);
        Assert.Contains("signature was not checked", part.Note, StringComparison.Ordinal);
        Assert.False(part.HasGaps);
    }

    [Fact]
    public async Task Every_mail_of_a_mailbox_is_read()
    {
        var box = "From a@example.org Fri May  3 14:22:10 2024\n" + Mail("Subject: First", "", "One").ReplaceLineEndings("\n")
            + "\n\nFrom a@example.org Fri May  3 14:22:10 2024\n" + Mail("Subject: Second", "", "Two").ReplaceLineEndings("\n") + "\n";

        var part = Assert.Single(await _rig.ExtractAsync(_rig.Folder.Write("mails.mbox", box)));

        Assert.Matches("(?s)^# First\n.*\n\nOne\n\n# Second\n.*\n\nTwo$", part.Text);
    }

    [Fact]
    public async Task What_Outlook_packs_into_a_file_of_its_own_is_unpacked_and_read()
    {
        var packed = new MemoryStream();
        packed.Write([0x78, 0x9F, 0x3E, 0x22, 1, 0]);
        Attribute(2, 0x00069002, [1, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x20, 0, 0x20, 0, 0, 0, 0, 0]);
        Attribute(2, 0x00018010, "list.csv\0"u8);
        Attribute(2, 0x0006800F, "bolt,7"u8);

        var part = await ReadAsync(
            "Subject: x", "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b", "",
            "--b", "Content-Type: text/plain", "", "Words",
            "--b", "Content-Type: application/ms-tnef; name=winmail.dat", "Content-Transfer-Encoding: base64", "",
            Convert.ToBase64String(packed.ToArray()), "--b--");

        Assert.Contains("### Attached: list.csv\n\nbolt,7", part.Text, StringComparison.Ordinal);
        Assert.False(part.HasGaps);

        void Attribute(byte level, int id, ReadOnlySpan<byte> content)
        {
            packed.WriteByte(level);
            packed.Write(BitConverter.GetBytes(id));
            packed.Write(BitConverter.GetBytes(content.Length));
            packed.Write(content);
            var sum = 0;
            foreach (var value in content) sum += value;
            packed.Write(BitConverter.GetBytes((ushort)sum));
        }
    }

    private static string Mail(params string[] lines) => string.Join(
        "\r\n", ["From: a@example.org", "To: b@example.org", "Date: Fri, 3 May 2024 14:22:10 +0200", .. lines]);

    private async Task<ExtractedSegment> ReadAsync(params string[] lines) =>
        Assert.Single(await _rig.ExtractAsync(_rig.Folder.Write("a.eml", Mail(lines))));
}
