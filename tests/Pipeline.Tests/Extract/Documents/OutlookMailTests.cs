using System.Buffers.Binary;
using System.Text;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract.Documents;

/// <summary>Mails as Outlook saves them.</summary>
public sealed class OutlookMailTests : IDisposable
{
    private const uint Sent = 0x00390040;
    private static readonly DateTime Noon = new(2024, 5, 3, 12, 0, 0, DateTimeKind.Utc);
    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_mail_is_its_header_its_body_and_what_is_attached()
    {
        var file = new CompoundWriter();
        Mail(file, 0, "請求", "Please pay.\r\nSoon.", headBytes: 32);
        file.Text(0, "0C1A", "Ada");
        file.Text(0, "5D01", "ada@example.org");
        file.Text(0, "0E04", "Bob");
        Attach(file, 0, "list.csv", "name,7"u8.ToArray());
        Attach(file, 1, "scan.pdf", [.. "%PDF-1.4 "u8, .. new byte[9_000]]);

        var part = await ReadAsync(file);

        Assert.Equal(
            "# 請求\n\nFrom: Ada <ada@example.org>\n\nTo: Bob\n\nDate: 2024-05-03 12:00 UTC\n\nPlease pay.\nSoon.\n\n## Attachments\n\n"
                + "- list.csv (6 bytes)\n\n- scan.pdf (9,009 bytes)\n\n### Attached: list.csv\n\nname,7",
            part.Text);
        Assert.Contains("1 attachments (scan.pdf)", part.Note, StringComparison.Ordinal);
        Assert.True(part.HasGaps);
    }

    [Fact]
    public async Task A_body_of_many_sectors_is_read_whole()
    {
        var file = new CompoundWriter();
        var body = string.Join(' ', Enumerable.Range(0, 30_000));
        Mail(file, 0, "Numbers", body, headBytes: 32);

        var text = string.Concat((await _rig.ExtractAsync(_rig.Folder.Write("mail.msg", file.ToArray()))).Select(part => part.Text));

        Assert.EndsWith(body[^1000..], text, StringComparison.Ordinal);
        Assert.Equal(body.Length, text.Length - text.IndexOf("0 1 2 3 4", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_body_of_html_is_read_as_a_page_and_one_of_rich_text_is_counted()
    {
        var html = new CompoundWriter();
        Mail(html, 0, "Page", body: null, headBytes: 32);
        html.Stream(0, "__substg1.0_10130102", Encoding.UTF8.GetBytes("<html><body><p>Grüße</p></body></html>"));
        var rich = new CompoundWriter();
        Mail(rich, 0, "Rich", body: null, headBytes: 32);
        rich.Stream(0, "__substg1.0_10090102", [1, 2, 3]);

        var (page, counted) = (await ReadAsync(html), await ReadAsync(rich));

        Assert.EndsWith("\n\nGrüße", page.Text, StringComparison.Ordinal);
        Assert.Null(page.Note);
        Assert.Contains("1 bodies in rich text", counted.Note, StringComparison.Ordinal);
        Assert.True(counted.HasGaps);
    }

    [Fact]
    public async Task A_mail_that_is_attached_stands_behind_the_mail()
    {
        var file = new CompoundWriter();
        Mail(file, 0, "Outer", "Outer words", headBytes: 32);
        var attached = file.Storage(0, "__attach_version1.0_#00000000");
        var inner = file.Storage(attached, "__substg1.0_3701000D");
        Mail(file, inner, "Inner", "Inner words", headBytes: 24);

        var part = await ReadAsync(file);

        Assert.EndsWith("Outer words\n\n### Inner\n\nDate: 2024-05-03 12:00 UTC\n\nInner words", part.Text, StringComparison.Ordinal);
        Assert.False(part.HasGaps);
    }

    [Theory]
    [InlineData(44, "its table of sectors")]
    [InlineData(48, "its directory")]
    public async Task A_damaged_mail_is_corrupt_and_nothing_is_read_without_end(int place, string what)
    {
        var file = new CompoundWriter();
        Mail(file, 0, what, "words", headBytes: 32);
        var bytes = file.ToArray();
        // Where the head points at, there is nothing; and a table that lists its only sector over and over is no longer than the file.
        for (var at = place == 44 ? 76 : 48; at < (place == 44 ? 512 : 52); at += 4)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), place == 44 ? BitConverter.ToUInt32(bytes, 76) : 0x00FFFFFF);

        var exception = await _rig.RejectsAsync(_rig.Folder.Write("mail.msg", bytes));

        Assert.Equal(RejectionReason.CorruptMedia, exception.Reason);
        Assert.Contains("damaged Outlook mail", exception.Message, StringComparison.Ordinal);
    }

    private static void Mail(CompoundWriter file, int storage, string subject, string? body, int headBytes)
    {
        file.Text(storage, "0037", subject);
        if (body is not null)
            file.Text(storage, "1000", body);
        var properties = new byte[headBytes + 16];
        BinaryPrimitives.WriteUInt32LittleEndian(properties.AsSpan(headBytes), Sent);
        BinaryPrimitives.WriteInt64LittleEndian(properties.AsSpan(headBytes + 8), Noon.ToFileTimeUtc());
        file.Stream(storage, "__properties_version1.0", properties);
    }

    private static void Attach(CompoundWriter file, int number, string name, byte[] content)
    {
        var storage = file.Storage(0, FormattableString.Invariant($"__attach_version1.0_#{number:X8}"));
        file.Text(storage, "3707", name);
        file.Stream(storage, "__substg1.0_37010102", content);
    }

    private async Task<ExtractedSegment> ReadAsync(CompoundWriter file) =>
        Assert.Single(await _rig.ExtractAsync(_rig.Folder.Write("mail.msg", file.ToArray())));
}
