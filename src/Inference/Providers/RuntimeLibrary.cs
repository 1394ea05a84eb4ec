using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Qwen35Batch.Inference.Providers;

/// <summary>
/// Which ONNX Runtime library this process calls: the one beside the program, or another that was named before the first call. A process
/// has one, since its sessions share an environment.
/// </summary>
public static unsafe partial class RuntimeLibrary
{
    private const string ImportName = "onnxruntime";
    private const string EntryPoint = "OrtGetApiBase";

    private static readonly Lock Choice = new();

    private static bool _installed;
    private static string? _chosen;
    private static nint _handle;

    /// <summary>The oldest version that knows the interface of the managed package: 1.30 asks for interface 30.</summary>
    public static Version Oldest { get; } = OldestOf(typeof(OrtEnv).Assembly);

    /// <summary>The file that was chosen; null for the library beside the program.</summary>
    public static string? ChosenFile
    {
        get
        {
            lock (Choice)
            {
                return _chosen;
            }
        }
    }

    /// <summary>Whether a library can still be chosen.</summary>
    internal static bool IsOpen
    {
        get
        {
            lock (Choice)
            {
                return !_installed;
            }
        }
    }

    /// <summary>Makes a library that of this process. Call it before anything else of ONNX Runtime.</summary>
    /// <param name="file">A libonnxruntime for this system; null or empty for the one that was chosen before, or else the program's
    /// own.</param>
    /// <exception cref="ExecutionProviderException">The file is missing, for another system or too old, or another library is in use
    /// already; the message says what to do.</exception>
    public static void Use(string? file)
    {
        var path = string.IsNullOrEmpty(file) ? null : Path.GetFullPath(file);
        lock (Choice)
        {
            if (_installed)
            {
                if (path is null || path == _chosen) return;
                throw new ExecutionProviderException(
                    $"{path} cannot be used as ONNX Runtime: this process uses {_chosen ?? "the one beside the program"} already. A "
                        + $"process has one: give all parts of it the same Engine:RuntimeLibrary.");
            }

            if (path is not null) _handle = Load(path);
            _chosen = path;
            _installed = true;

            // Without another library ONNX Runtime finds its own, by a resolver that it may have set before.
            if (path is null) return;
            NativeLibrary.SetDllImportResolver(typeof(OrtEnv).Assembly, Resolve);
            NativeLibrary.SetDllImportResolver(typeof(RuntimeLibrary).Assembly, Resolve);
        }
    }

    /// <summary>The version of the library in use, such as 1.31.1.</summary>
    public static string LoadedVersion()
    {
        Use(null);
        return OrtEnv.Instance().GetVersionString();
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? paths) =>
        _handle != 0 && name.StartsWith(ImportName, StringComparison.Ordinal) ? _handle : 0;

    private static nint Load(string path)
    {
        LibraryFile.Check(path);
        nint library;
        try
        {
            library = NativeLibrary.Load(path);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            throw new ExecutionProviderException($"The ONNX Runtime library {path} cannot be loaded: {error.Message}", error);
        }

        if (!NativeLibrary.TryGetExport(library, EntryPoint, out var entry))
        {
            throw new ExecutionProviderException(
                $"{path} is a library, but not ONNX Runtime's: it has no {EntryPoint}. Engine:RuntimeLibrary takes a libonnxruntime; "
                    + $"'tools/setup.sh webgpu' fetches one.");
        }

        // OrtApiBase: GetApi, GetVersionString. A version that is too old is asked for no interface: it would complain on the error stream.
        var functions = ((delegate* unmanaged<void**>)entry)();
        var version = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)functions[1])());
        return IsNewEnough(version, Oldest)
            ? library
            : throw new ExecutionProviderException(
                $"{path} is ONNX Runtime {version}, which is too old: this program needs {Oldest} or newer. 'tools/setup.sh webgpu' "
                    + $"fetches one.");
    }

    /// <summary>Whether a library of a version has the interface that the managed package asks for.</summary>
    internal static bool IsNewEnough(string? version, Version oldest) =>
        Version.TryParse(version?.Split('-', '+')[0], out var parsed) && parsed >= oldest;

    private static Version OldestOf(Assembly assembly)
    {
        var version = assembly.GetName().Version!;
        return new Version(version.Major, version.Minor);
    }
}
