using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Agents.Steps;

/// <summary>The files that jobs made: <c>artifacts/JOB/NAME</c> below the data folder.</summary>
public sealed class ArtifactStore(IOptions<AcquireOptions> options)
{
    private const int LongestName = 100;

    /// <summary>Where a job's file lies; null when this data folder has none of that name.</summary>
    public string? Find(Guid job, string name)
    {
        if (!IsName(name)) return null;
        var path = Path.Combine(FolderOf(job), name);
        return File.Exists(path) ? path : null;
    }

    /// <summary>A job's files that lie in this data folder.</summary>
    public IReadOnlyList<FileInfo> FilesOf(Guid job) =>
        new DirectoryInfo(FolderOf(job)) is { Exists: true } folder ? folder.GetFiles() : [];

    /// <summary>Removes a job's files.</summary>
    /// <exception cref="IOException">One is in use, or cannot be removed.</exception>
    public void Remove(Guid job)
    {
        if (Directory.Exists(FolderOf(job))) Directory.Delete(FolderOf(job), recursive: true);
    }

    /// <summary>What a finished temporary file will be as an artefact.</summary>
    internal static async Task<StoredArtifact> DescribeAsync(Artifact artifact, CancellationToken cancellationToken)
    {
        if (!IsName(artifact.Name)) throw new InvalidOperationException($"'{artifact.Name}' is no name of an artefact.");
        await using var content = File.OpenRead(artifact.Path);
        var hash = await SHA256.HashDataAsync(content, cancellationToken);
        return new(artifact.Name, artifact.MediaType, Convert.ToHexStringLower(hash), content.Length);
    }

    /// <summary>Moves a job's files to their places, each at once or not at all; what was moved before is left.</summary>
    internal void Put(Guid job, IReadOnlyList<Artifact> artifacts)
    {
        if (artifacts.Count == 0) return;
        var folder = FolderOf(job);
        Directory.CreateDirectory(folder);
        foreach (var artifact in artifacts)
            if (File.Exists(artifact.Path)) File.Move(artifact.Path, Path.Combine(folder, artifact.Name), overwrite: true);
    }

    private string FolderOf(Guid job) => Path.Combine(Path.GetFullPath(options.Value.DataFolder), "artifacts", job.ToString("N"));

    private static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName
        && name[0] != '.'
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
}
