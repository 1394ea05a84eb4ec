using System.IO.Compression;
using System.Text;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire.Formats;

namespace Qwen35Batch.Pipeline.Tests.Acquire.Formats;

public sealed class MediaSnifferTests : IDisposable
{
    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("plain words", "a.txt", "text/plain")]
    [InlineData("# Heading", "README.MD", "text/markdown")]
    [InlineData("a,b\n1,2", "table.csv", "text/csv")]
    [InlineData("export const total: number = 5;", "component.ts", "text/plain")]
    [InlineData("no extension", "LICENSE", "text/plain")]
    [InlineData("<!doctype html><p>words</p>", "page.html", "text/html")]
    [InlineData("From: a@example.org\nDate: Fri, 3 Jan 2025 10:00:00 +0900\nSubject: Order\n\nWords", "saved", "message/rfc822")]
    [InlineData("From: the desk of Ada\n\nWords", "note.txt", "text/plain")]
    public async Task Valid_text_is_text(string content, string name, string mediaType)
    {
        var stored = await _rig.AcquireAsync(_rig.Folder.Write(name, content));

        Assert.Equal(MediaKind.Text, stored.Kind);
        Assert.Equal(mediaType, stored.MediaType);
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    [InlineData("utf-32BE")]
    [InlineData("shift_jis")]
    [InlineData("iso-2022-jp")]
    public async Task Japanese_text_is_read_in_every_common_encoding(string name)
    {
        const string text = "会議は三時に始まります。資料を忘れずに持ってきてください。";
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        var path = _rig.Folder.Write("a.txt", [.. encoding.GetPreamble(), .. encoding.GetBytes(text)]);

        var segment = Assert.Single(await _rig.ExtractAsync(path));

        Assert.Equal(text, segment.Text);
    }

    [Theory]
    [InlineData("euc-jp", "見積書の合計は12,300円です。")]
    [InlineData("shift_jis", "1210ｶ)ｾｲｶｼﾖｳﾃﾝ 0401 ﾔﾏﾀﾞ ﾀﾛｳ")]
    [InlineData("gb18030", "合同编号：2024-001 总金额人民币12,300元整，付款期限三十天")]
    [InlineData("euc-kr", "계약서 금액은 12,300원입니다. 서울특별시")]
    [InlineData("windows-1252", "Grüße aus Köln: 500 € für Herrn Müller")]
    [InlineData("windows-1252", "Name;Betrag\n\"Müller; Söhne\";2")]
    [InlineData("windows-1251", "Счёт на оплату: пятьсот рублей за доставку")]
    public async Task Older_encodings_are_read_and_named(string name, string text)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);

        var segment = Assert.Single(await _rig.ExtractAsync(_rig.Folder.Write("a.txt", encoding.GetBytes(text))));

        Assert.Equal(text, segment.Text);
        Assert.Contains("encoding is not declared", segment.Note, StringComparison.Ordinal);
        Assert.False(segment.HasGaps);
    }

    [Fact]
    public async Task A_text_in_utf_8_with_a_few_other_bytes_is_read_and_they_are_counted()
    {
        byte[] bytes = [.. System.Text.Encoding.UTF8.GetBytes("Grüße für zwölf Fässer Öl " + new string('.', 200)), 0xE9, .. "end"u8];

        var part = Assert.Single(await _rig.ExtractAsync(_rig.Folder.Write("a.log", bytes)));

        Assert.StartsWith("Grüße für zwölf Fässer Öl", part.Text, StringComparison.Ordinal);
        Assert.EndsWith(".\uFFFDend", part.Text, StringComparison.Ordinal);
        Assert.Contains("1 places of the text", part.Note, StringComparison.Ordinal);
        Assert.True(part.HasGaps);
    }

    [Fact]
    public async Task Utf_16_without_a_mark_is_read()
    {
        var segment = Assert.Single(await _rig.ExtractAsync(_rig.Folder.Write("a.txt", Encoding.Unicode.GetBytes("Total: 5 pieces"))));

        Assert.Equal("Total: 5 pieces", segment.Text);
    }

    [Theory]
    [InlineData("utf-16", "会議は三時に始まります。\r\n資料を忘れずに。")]
    [InlineData("utf-16BE", "会議は三時に始まります。\r\n資料を忘れずに。")]
    [InlineData("utf-16", "계약서 금액은 12,300원입니다.")]
    [InlineData("utf-16BE", "合同编号：2024-001 总金额人民币12,300元整")]
    public async Task Utf_16_in_other_letters_needs_no_mark_either(string name, string text)
    {
        var segment = Assert.Single(
            await _rig.ExtractAsync(_rig.Folder.Write("a.txt", Encoding.GetEncoding(name).GetBytes(text))));

        Assert.Equal(text, segment.Text!.ReplaceLineEndings("\r\n"));
        Assert.Contains("encoding is not declared", segment.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_text_whose_few_escape_sequences_switch_to_Japanese_is_not_read_as_ASCII()
    {
        var text = string.Join('\n', Enumerable.Repeat("会議は三時に始まります資料を忘れずに持ってきてください", 200));
        var bytes = CodePagesEncodingProvider.Instance.GetEncoding("iso-2022-jp")!.GetBytes(text);

        var parts = await _rig.ExtractAsync(_rig.Folder.Write("a.txt", bytes));

        Assert.All(parts, part => Assert.DoesNotContain('$', part.Text!));
        Assert.All(parts, part => Assert.Contains("資料を忘れずに", part.Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\x1B[31mERROR\x1B[0m disk full", "ERROR disk full")]
    [InlineData("\x1B]0;title\x07prompt and some words", "prompt and some words")]
    [InlineData("END OF FILE AS DOS WROTE IT\r\n\x1A", "END OF FILE AS DOS WROTE IT")]
    [InlineData("page one of many\x01 with one", "page one of many with one")]
    public async Task Control_characters_of_a_log_are_left_out_with_a_word(string written, string read)
    {
        var segment = Assert.Single(await _rig.ExtractAsync(_rig.Folder.Write("a.log", written)));

        Assert.Equal(read, segment.Text);
        Assert.Contains("control characters", segment.Note, StringComparison.Ordinal);
        Assert.False(segment.HasGaps);
    }

    [Theory]
    [InlineData("text\0\0\0 with zeros in", "control characters (0x00)")]
    [InlineData("caf\xE9 \x81\x8D\x9D neither this nor that", "encoding")]
    public async Task A_text_that_is_not_read_is_refused_with_the_right_reason(string content, string reason)
    {
        var exception = await _rig.RejectsAsync(_rig.Folder.Write("a.txt", Encoding.Latin1.GetBytes(content)));

        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/x.ts", "a.mp4")]
    [InlineData("#EXTM3U\n", "a.txt")]
    [InlineData("\uFEFF#EXTM3U\n", "a.txt")]
    [InlineData("ffconcat version 1.0\nfile x", "a.txt")]
    [InlineData("<?xml version=\"1.0\"?><!-- x --><MPD></MPD>", "a.xml")]
    [InlineData("[playlist]\nFile1=x", "a.txt")]
    [InlineData("v=0\r\no=- 0 0 IN IP4 127.0.0.1", "a.sdp")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png")]
    [InlineData("<?xml version='1.0'?>\n<!DOCTYPE svg [<!ENTITY a 'b'> ]>\n<svg:svg/>", "a.txt")]
    [InlineData("words under a video's name", "a.mp4")]
    [InlineData("\x1F\x8B\x08", "a.gz")]
    [InlineData("7z\xBC\xAF\x27\x1C", "a.7z")]
    [InlineData("\0\x01\x02\x03 binary", "a.bin")]
    [InlineData("{\\rtf1}", "a.rtf")]
    [InlineData("FLV\x01", "a.flv")]
    public async Task Playlists_drawings_archives_and_unknown_content_are_refused_by_name(string content, string name)
    {
        var bytes = content.All(character => character < 0x100) ? Encoding.Latin1.GetBytes(content) : Encoding.UTF8.GetBytes(content);

        var exception = await _rig.RejectsAsync(_rig.Folder.Write(name, bytes));

        Assert.Equal(RejectionReason.UnsupportedMedia, exception.Reason);
        Assert.Contains(name, exception.Message, StringComparison.Ordinal);
        Assert.Empty(_rig.StoredFiles);
    }

    [Theory]
    [InlineData("PK\x03\x04")]
    [InlineData("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")]
    public void A_package_in_which_a_pdf_comes_first_is_no_pdf(string signature) =>
        Assert.Null(BinarySignatures.Find(Encoding.Latin1.GetBytes($"{signature} a.pdf %PDF-1.7 and what follows {new string(' ', 500)}")));

    [Fact]
    public async Task A_zip_that_is_no_office_document_is_an_archive()
    {
        using (var archive = ZipFile.Open(_rig.Folder["a.docx"], ZipArchiveMode.Create))
        {
            using var entry = archive.CreateEntry("photo.jpg").Open();
            entry.Write("x"u8);
        }

        Assert.True((await _rig.AcquireAsync(_rig.Folder["a.docx"])).IsArchive);
    }

    [Fact]
    public async Task A_compound_file_is_encrypted_under_an_office_name_or_when_it_says_so_and_legacy_otherwise()
    {
        byte[] magic = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, .. new byte[600]];
        byte[] encrypted = [.. magic, .. Encoding.Unicode.GetBytes("EncryptedPackage"), .. new byte[100]];

        Assert.Equal(RejectionReason.Encrypted, (await _rig.RejectsAsync(_rig.Folder.Write("a.docx", magic))).Reason);
        Assert.Equal(RejectionReason.Encrypted, (await _rig.RejectsAsync(_rig.Folder.Write("blob", encrypted))).Reason);
        Assert.Equal(RejectionReason.UnsupportedMedia, (await _rig.RejectsAsync(_rig.Folder.Write("a.doc", magic))).Reason);
        byte[] named = [.. magic, 0, 0, .. Encoding.Unicode.GetBytes("WordDocument"), .. new byte[100]];
        Assert.Contains(
            "legacy Word document (DOC)", (await _rig.RejectsAsync(_rig.Folder.Write("b.doc", named))).Message, StringComparison.Ordinal);
    }
}
