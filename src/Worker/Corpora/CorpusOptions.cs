namespace Qwen35Batch.Worker.Corpora;

/// <summary>
/// A named folder of media that is analysed on a schedule: one entry of the section <c>Corpora</c>, whose key is the name.
/// </summary>
public sealed class CorpusOptions
{
    /// <summary>
    /// The folder that holds the media; searched with its subfolders. For a task of an agent, the folder of its questions: files
    /// <c>*.txt</c> with a question a line, or <c>*.jsonl</c> with objects of <c>question</c> and perhaps <c>language</c>.
    /// </summary>
    public string Folder { get; set; } = "";

    /// <summary>Which files below the folder, such as <c>**/*.jpg</c>. Empty means all; hidden files are never read.</summary>
    public IList<string> Globs { get; } = [];

    /// <summary>The name of a task, or <c>auto</c> to choose by the kind of media.</summary>
    public string Task { get; set; } = "auto";

    /// <summary>The language of the answers as a BCP 47 tag; null for the task's own.</summary>
    public string? Language { get; set; }

    /// <summary>When to run, as a cron expression of five fields, in <see cref="TimeZone"/>. Empty: only when asked.</summary>
    public string Cron { get; set; } = "0 2 * * *";

    /// <summary>An IANA time zone such as <c>Asia/Tokyo</c>; it also decides which date a run belongs to.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>The priority of its jobs, from -100 to 100. Below 0, so that a person's own jobs come first.</summary>
    public int Priority { get; set; } = -10;
}
