using System.ComponentModel.DataAnnotations;

namespace Qwen35Batch.Pipeline.Acquire.Opening;

/// <summary>How sources are opened and copied into the media store. Section <c>Acquire</c>.</summary>
public sealed class AcquireOptions
{
    /// <summary>The folder that holds all state: the media store is its <c>media</c>, unfinished files are in its <c>tmp</c>.</summary>
    [Required(AllowEmptyStrings = false)]
    public string DataFolder { get; set; } = "data";

    /// <summary>
    /// Folders that local sources must lie in, symbolic links resolved. Null allows every local path (right for a command line,
    /// wrong for a service); an empty list allows none.
    /// </summary>
    public IReadOnlyList<string>? AllowedRoots { get; set; }

    /// <summary>
    /// How local files are kept in the media store. <c>Auto</c> copies them, without taking space where the file system lets a copy share
    /// blocks (btrfs, XFS); <c>Always</c> copies every byte. <c>HardLink</c> gives each file another name in the store, on the same file
    /// system, and <c>Never</c> keeps a link to it; for both, length and time of change are checked before each use: for archives whose
    /// files do not change, since a changed file has to be submitted again. What comes from elsewhere, and the files of archives, are
    /// copied in any case.
    /// </summary>
    public SourceCopy Copy { get; set; } = SourceCopy.Auto;

    /// <summary>The largest source, in bytes.</summary>
    [Range(1, long.MaxValue)]
    public long MaxBytes { get; set; } = 16L * 1024 * 1024 * 1024;

    /// <summary>The largest picture or video frame, in pixels.</summary>
    [Range(1, 1_000_000_000)]
    public long MaxPixels { get; set; } = 50_000_000;

    /// <summary>
    /// Whether each file of a ZIP archive becomes a job of its own, whose source names the archive and the file
    /// (<c>/media/a.zip!/b/c.pdf</c>). Archives within archives are named and not opened. False refuses archives.
    /// </summary>
    public bool OpenArchives { get; set; } = true;

    /// <summary>The largest number of files of an archive; one with more is refused.</summary>
    [Range(1, 100_000)]
    public int MaxArchiveFiles { get; set; } = 500;

    /// <summary>The largest number of bytes that the files of an archive take together once unpacked; what is beyond is named and not
    /// read.</summary>
    [Range(1, long.MaxValue)]
    public long MaxArchiveBytes { get; set; } = 4L * 1024 * 1024 * 1024;

    /// <summary>Whether <c>http:</c> is allowed beside <c>https:</c>.</summary>
    public bool AllowHttp { get; set; }

    /// <summary>Hosts that may be fetched from; empty allows every host with a public address.</summary>
    public IReadOnlyList<string> AllowedHosts { get; set; } = [];

    /// <summary>
    /// Hosts that may be fetched from although their address is not public, and on any port, such as an object store of your own.
    /// </summary>
    public IReadOnlyList<string> PrivateHosts { get; set; } = [];

    /// <summary>The longest time for a connection to be made.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest time without a byte arriving.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest time for a whole fetch, redirects included.</summary>
    public TimeSpan FetchTimeout { get; set; } = TimeSpan.FromMinutes(15);
}
