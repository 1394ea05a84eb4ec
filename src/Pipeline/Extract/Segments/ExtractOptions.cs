using System.ComponentModel.DataAnnotations;

namespace Qwen35Batch.Pipeline.Extract.Segments;

/// <summary>How media are taken apart. Section <c>Extract</c>.</summary>
public sealed class ExtractOptions
{
    /// <summary>
    /// The longest time for probing a file, and for rendering or reading one page: on the clock and of the tool's own processor time, so
    /// that
    /// a machine that stands still rejects nothing.
    /// </summary>
    public TimeSpan PageDeadline { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The longest time for one run of ffmpeg over a clip or a span of sound, and for measuring how long a recording is; counted as
    /// <see cref="PageDeadline"/> is.
    /// </summary>
    public TimeSpan ClipDeadline { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest video or sound, in seconds.</summary>
    [Range(1.0, 10_000_000.0)]
    public double MaxDurationSeconds { get; set; } = 24 * 3600;

    /// <summary>The largest text file, and the largest text taken from an office document, in bytes and characters.</summary>
    [Range(1, 256 * 1024 * 1024)]
    public int MaxTextLength { get; set; } = 16 * 1024 * 1024;

    /// <summary>The largest number of characters taken from a page's text layer.</summary>
    [Range(0, 1_000_000)]
    public int MaxPageTextCharacters { get; set; } = 20_000;

    /// <summary>The largest size of an office document once unpacked, in bytes.</summary>
    [Range(1, long.MaxValue)]
    public long MaxUnpackedBytes { get; set; } = 512L * 1024 * 1024;

    /// <summary>The largest number of pictures taken from an office document.</summary>
    [Range(0, 1000)]
    public int MaxEmbeddedPictures { get; set; } = 32;

    /// <summary>Rows read of each sheet.</summary>
    [Range(1, 1_048_576)]
    public int MaxSheetRows { get; set; } = 5_000;

    /// <summary>Columns read of each sheet.</summary>
    [Range(1, 16_384)]
    public int MaxSheetColumns { get; set; } = 100;

    /// <summary>
    /// The largest address space of a tool that reads a PDF, in bytes (Linux); never more than <c>Extract:ToolMemoryBytes</c>.
    /// </summary>
    [Range(128L * 1024 * 1024, long.MaxValue)]
    public long PageMemoryBytes { get; set; } = 480L * 1024 * 1024;

    /// <summary>
    /// The memory of the pictures and sounds that are extracted and not yet answered, in bytes; the extraction of further segments waits. A
    /// visual token is 3,072 bytes: give it what one and a half times the engine's slots take, so that the engine never waits. At least one
    /// segment always has room. 0 takes a quarter of the memory that this process may use.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long PicturesMemoryBytes { get; set; }

    /// <summary>The memory in which a text or office document is read, in bytes: the managed heap of the process that reads it.</summary>
    [Range(64L * 1024 * 1024, 3L * 1024 * 1024 * 1024)]
    public long ReaderMemoryBytes { get; set; } = 320L * 1024 * 1024;

    /// <summary>
    /// What reads the words of pictures and of pages without a text layer. The words are not sent to the model: they say where its fields
    /// stand, and which stand nowhere.
    /// </summary>
    public OcrEngine Ocr { get; set; }

    /// <summary>
    /// The languages of <see cref="Ocr"/> as Tesseract names them, joined by plus signs; the data of each must be installed.
    /// </summary>
    [RegularExpression("^[A-Za-z0-9_]+([+][A-Za-z0-9_]+)*$")]
    public string OcrLanguages { get; set; } = "eng+jpn";

    /// <summary>
    /// The largest number of segments of a job, where its task sets none; a larger job is refused with the number that it would have.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxSegments { get; set; } = 500;
}
