using System.Text;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire.Formats;
using Qwen35Batch.Pipeline.Tests.Extract;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Tests.Acquire.Formats;

/// <summary>What is not read is named for what it is.</summary>
public sealed class ForeignMediaTests : IDisposable
{
    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("\u00FF\u000A\u00FA\u001F", "JPEG XL")]
    [InlineData("\0\0\0\u000CJXL \r\n\u0087\n", "JPEG XL")]
    [InlineData("\0\0\0\u000CjP  \r\n\u0087\n", "JPEG 2000")]
    [InlineData("\u00FFO\u00FFQ\0/", "JPEG 2000")]
    [InlineData("\0\0\0\u0018ftypcrx \0\0\0\u0001crx isom", "Canon CR3")]
    [InlineData("FUJIFILMCCD-RAW 0201", "Fujifilm RAF")]
    [InlineData("IIRO\u0008\0\0\0", "Olympus ORF")]
    [InlineData("IIU\0\u0018\0\0\0", "Panasonic RW2")]
    [InlineData("8BPS\0\u0001", "Photoshop")]
    [InlineData("FORM\0\0\u0010\0AIFFCOMM", "AIFF")]
    [InlineData("FORM\0\0\u0010\0AIFCFVER", "AIFF")]
    [InlineData("\u0006\u000E+4\u0002\u0005\u0001\u0001\r\u0001\u0002", "MXF")]
    [InlineData("FLV\u0001", "FLV")]
    [InlineData("P6\n2 2\n255\n\u00FF\u0001\u0002", "Netpbm")]
    [InlineData("qoif\0\0", "QOI")]
    [InlineData("\u000A\u0005\u0001\u0008\0", "PCX")]
    [InlineData("\u0001\0\0\0lllllllllllllllllllllllllllllllllll\0 EMF", "EMF")]
    [InlineData("\u000B\u0077\u0012\u0034", "AC-3")]
    [InlineData("DKIF\0\0", "IVF")]
    [InlineData("\0\0\u0002\0\0\0\0\0\0\0\0\0\u0090\u0001\u002C\u0001\u0018\0", "Targa")]
    public async Task A_kind_that_is_not_read_is_refused_with_its_name(string bytes, string called)
    {
        var path = _rig.Folder.Write("file.bin", [.. Encoding.Latin1.GetBytes(bytes), .. new byte[300]]);

        var refused = await _rig.RejectsAsync(path);

        Assert.Equal(RejectionReason.UnsupportedMedia, refused.Reason);
        Assert.Contains(called, refused.Message, StringComparison.Ordinal);
        Assert.Matches("not read; (save it|convert it|repack it|develop it)", refused.Message);
    }

    [Fact]
    public async Task MPEG_sound_of_another_layer_is_named()
    {
        var refused = await _rig.RejectsAsync(await Ffmpeg.MakeAsync("-f", "lavfi", "-i", "sine=d=1", _rig.Folder["a.mp2"]));

        Assert.Contains("MPEG layer I or II (MP1, MP2) sound", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_encrypted_video_is_called_encrypted_and_not_damaged()
    {
        const string key = "00112233445566778899aabbccddeeff";
        var refused = await _rig.RejectsAsync(await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", "testsrc=d=1:s=64x64:r=5", "-c:v", "libx264", "-encryption_scheme", "cenc-aes-ctr", "-encryption_key", key,
            "-encryption_kid", key, _rig.Folder["a.mp4"]));

        Assert.Equal(RejectionReason.Encrypted, refused.Reason);
        Assert.Contains("copy-protected", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.aac", false)]
    [InlineData("tagged.aac", true)]
    public async Task AAC_without_a_container_is_named(string name, bool isTagged)
    {
        var path = await Ffmpeg.MakeAsync("-f", "lavfi", "-i", "sine=d=1", _rig.Folder["plain.aac"]);
        byte[] tag = isTagged ? [.. "ID3"u8, 4, 0, 0, 0, 0, 0, 20, .. new byte[20]] : [];

        var refused = await _rig.RejectsAsync(_rig.Folder.Write(name, [.. tag, .. File.ReadAllBytes(path)]));

        Assert.Contains("is AAC sound, which is not read", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("component.ts")]
    [InlineData("module.mts")]
    public async Task TypeScript_is_text(string name)
    {
        var stored = await _rig.AcquireAsync(_rig.Folder.Write(name, "export const answer: number = 42;\n"));

        Assert.Equal(MediaKind.Text, stored.Kind);
    }

    [Fact]
    public void Every_kind_that_the_tools_may_open_is_told_to_users_and_no_other()
    {
        var guards = FfmpegGuards.Input(1).ToList();

        Assert.Equal(MediaFormats.Demuxers, guards[guards.IndexOf("-format_whitelist") + 1].Split(','));
        Assert.Equal(MediaCodecs.Decoders, guards[guards.IndexOf("-codec_whitelist") + 1].Split(','));
        Assert.All(MediaFormats.All, format => Assert.Contains(format.Name, MediaSniffer.Readable, StringComparison.Ordinal));
    }
}
