using Microsoft.Extensions.Options;
using Microsoft.Win32.SafeHandles;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Acquire.Opening;

/// <summary>
/// Opens local files. What is checked is the opened handle, not the name: between a check by name and the opening, a symbolic
/// link can be exchanged.
/// </summary>
internal sealed class LocalSource(IOptions<AcquireOptions> options) : ISource
{
    private static readonly string[] KernelFolders = ["/proc", "/sys", "/dev"];

    public IReadOnlyList<string> Schemes { get; } = ["", "file"];

    public string Form => "a local path, a file: URL";

    /// <summary>Opens a path or a <c>file:</c> URL.</summary>
    /// <exception cref="MediaRejectedException">It does not exist, is forbidden, or is no regular file.</exception>
    public Task<OpenedSource> OpenAsync(string source, CancellationToken cancellationToken, Func<Uri, bool>? follows = null) =>
        Task.FromResult(Open(source));

    /// <inheritdoc cref="OpenAsync"/>
    public OpenedSource Open(string source)
    {
        var path = FullPath(source);
        SafeFileHandle? handle = null;
        try
        {
            handle = RegularFile.Open(path);
            var realPath = RegularFile.RealPath(handle, path);
            CheckPlace(path, realPath);
            return new(path, Path.GetFileName(path), new FileStream(handle, FileAccess.Read, bufferSize: 0)) { RealPath = realPath };
        }
        catch (Exception exception)
        {
            handle?.Dispose();
            throw exception switch
            {
                MediaRejectedException => exception,
                _ when Directory.Exists(path) => Forbidden(path, "is a folder; name the files in it"),
                NotARegularFileException => Forbidden(path, "is not a regular file (a device, a pipe or a socket); submit a file"),
                FileNotFoundException or DirectoryNotFoundException => new MediaRejectedException(
                    RejectionReason.SourceNotFound, Missing(path), exception),
                UnauthorizedAccessException => new MediaRejectedException(
                    RejectionReason.SourceNotFound, $"'{path}' may not be read by this process; check its permissions.", exception),
                IOException => new ResourceUnavailableException(
                    $"'{path}' cannot be opened now: {exception.Message}", TimeSpan.FromMinutes(1), cause: exception),
                _ => exception,
            };
        }
    }

    // The bytes of a name that are no UTF-8 come as this sign, by which no file can be opened.
    private static string Missing(string path) => path.Contains('\uFFFD', StringComparison.Ordinal)
        ? $"'{path}' cannot be opened: its name is not in UTF-8. Rename it, for example with convmv."
        : $"'{path}' does not exist; check the path.";

    private static string FullPath(string source)
    {
        var path = source;
        if (SourceAddress.Scheme(source) is "file")
        {
            if (!Uri.TryCreate(source, UriKind.Absolute, out var url) || !url.IsFile)
                throw Forbidden(source, "is not a valid file: URL; write file:///folder/name");
            if (url.IsUnc && url.Host is not "localhost")
                throw Forbidden(source, "names another machine; use a path on this one");
            path = url.IsUnc ? Uri.UnescapeDataString(url.AbsolutePath) : url.LocalPath;
        }

        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
            throw Forbidden(source, "is not a path; submit the path of a file");
        if (OperatingSystem.IsWindows() && (path.StartsWith(@"\\", StringComparison.Ordinal) || path.IndexOf(':', 2) >= 0))
            throw Forbidden(source, "is a network, device or alternate stream path; use a path on a local drive");
        return Path.GetFullPath(path);
    }

    private void CheckPlace(string path, string realPath)
    {
        if (KernelFolders.Any(folder => FolderScope.IsBelow(realPath, folder)) && !FolderScope.IsBelow(realPath, "/dev/shm"))
            throw Forbidden(path, "lies in a folder of the operating system; submit a file");
        if (options.Value.AllowedRoots is { } roots && !FolderScope.ContainsReal(roots, realPath))
        {
            throw Forbidden(
                path,
                "lies outside the allowed folders (symbolic links resolved); move it there or add its folder to Acquire:AllowedRoots");
        }
    }

    private static MediaRejectedException Forbidden(string source, string why) =>
        new(RejectionReason.SourceForbidden, $"'{source}' {why}.");
}
