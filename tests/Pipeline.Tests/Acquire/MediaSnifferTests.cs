using System.IO.Compression;
using System.Text;
using Qwen35Batch.Contracts;

namespace Qwen35Batch.Pipeline.Tests.Acquire;

public sealed class MediaSnifferTests : IDisposable
{
    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("plain words", "a.txt", "text/plain")]
    [InlineData("# Heading", "README.MD", "text/markdown")]
    [InlineData("a,b\n1,2", "table.csv", "text/plain")]
    [InlineData("no extension", "LICENSE", "text/plain")]
    [InlineData("<!doctype html><p>words</p>", "page.html", "text/plain")]
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
    [InlineData("shift_jis")]
    public async Task Japanese_text_is_read_in_every_common_encoding(string name)
    {
        const string text = "会議は三時に始まります。資料を忘れずに持ってきてください。";
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        var path = _rig.Folder.Write("a.txt", [.. encoding.GetPreamble(), .. encoding.GetBytes(text)]);

        var segment = Assert.Single(await _rig.ExtractAsync(path));

        Assert.Equal(text, segment.Text);
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

    [Fact]
    public async Task A_zip_that_is_no_office_document_is_an_archive()
    {
        using (var archive = ZipFile.Open(_rig.Folder["a.docx"], ZipArchiveMode.Create))
        {
            using var entry = archive.CreateEntry("photo.jpg").Open();
            entry.Write("x"u8);
        }

        Assert.Contains("unpack", (await _rig.RejectsAsync(_rig.Folder["a.docx"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compound_file_is_encrypted_under_an_office_name_or_when_it_says_so_and_legacy_otherwise()
    {
        byte[] magic = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, .. new byte[600]];
        byte[] encrypted = [.. magic, .. Encoding.Unicode.GetBytes("EncryptedPackage"), .. new byte[100]];

        Assert.Equal(RejectionReason.Encrypted, (await _rig.RejectsAsync(_rig.Folder.Write("a.docx", magic))).Reason);
        Assert.Equal(RejectionReason.Encrypted, (await _rig.RejectsAsync(_rig.Folder.Write("blob", encrypted))).Reason);
        Assert.Equal(RejectionReason.UnsupportedMedia, (await _rig.RejectsAsync(_rig.Folder.Write("a.doc", magic))).Reason);
    }
}
