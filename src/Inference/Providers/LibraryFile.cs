using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Qwen35Batch.Inference.Providers;

/// <summary>What a file of native code is for, by its first bytes: a loader's own words for a foreign one help nobody.</summary>
internal static class LibraryFile
{
    private const int HeaderBytes = 4096;

    private static string ThisSystem => (OperatingSystem.IsWindows() ? "Windows" : OperatingSystem.IsMacOS() ? "macOS" : "Linux")
        + " on " + NameOf(RuntimeInformation.ProcessArchitecture);

    /// <summary>Checks that a file is a library for the system and processor of this process.</summary>
    /// <exception cref="ExecutionProviderException">It is missing, no library, or for another system; the message says which.</exception>
    public static void Check(string path)
    {
        if (Directory.Exists(path))
        {
            throw new ExecutionProviderException(
                $"Engine:RuntimeLibrary is {path}, a folder. Name the library in it: libonnxruntime.so.1, onnxruntime.dll or "
                    + $"libonnxruntime.1.dylib.");
        }

        if (!File.Exists(path))
        {
            throw new ExecutionProviderException(
                $"Engine:RuntimeLibrary is {path}, but there is no such file. 'tools/setup.sh webgpu' fetches an ONNX Runtime and prints "
                    + $"its path; without the setting the program uses its own.");
        }

        var system = SystemOf(ReadHeader(path));
        if (system is null)
        {
            throw new ExecutionProviderException(
                $"Engine:RuntimeLibrary is {path}, which is no library: it does not begin as one. 'tools/setup.sh webgpu' fetches an ONNX "
                    + $"Runtime and prints its path.");
        }

        if (!system.Split(", ").Contains(ThisSystem))
        {
            throw new ExecutionProviderException(
                $"Engine:RuntimeLibrary is {path}, a library for {system}, but this is {ThisSystem}. Fetch that of this system: "
                    + $"tools/setup.sh webgpu");
        }
    }

    /// <summary>For which system and processor a library is, such as <c>Linux on x64</c>; null when it is none.</summary>
    internal static string? SystemOf(ReadOnlySpan<byte> header)
    {
        if (header.Length >= 20 && header.StartsWith("\u007fELF"u8))
        {
            return "Linux on " + BinaryPrimitives.ReadUInt16LittleEndian(header[18..]) switch
            {
                62 => "x64",
                183 => "arm64",
                3 => "x86",
                var other => $"processor {other}",
            };
        }

        if (header.Length >= 64 && header.StartsWith("MZ"u8))
        {
            var start = BinaryPrimitives.ReadInt32LittleEndian(header[60..]);
            if (start < 0 || start + 6 > header.Length) return null;
            return "Windows on " + BinaryPrimitives.ReadUInt16LittleEndian(header[(start + 4)..]) switch
            {
                0x8664 => "x64",
                0xAA64 => "arm64",
                0x014C => "x86",
                var other => $"processor {other}",
            };
        }

        if (header.Length < 8) return null;
        return BinaryPrimitives.ReadUInt32LittleEndian(header) switch
        {
            0xFEEDFACF => "macOS on " + MacProcessor(BinaryPrimitives.ReadUInt32LittleEndian(header[4..])),
            0xBEBAFECA => MacProcessors(header),
            _ => null,
        };
    }

    /// <summary>A library for several processors lists them at its beginning, big end first.</summary>
    private static string? MacProcessors(ReadOnlySpan<byte> header)
    {
        var count = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        if (count is 0 or > 16 || header.Length < 8 + (20 * (int)count)) return null;
        var names = new string[count];
        for (var i = 0; i < names.Length; i++)
            names[i] = "macOS on " + MacProcessor(BinaryPrimitives.ReadUInt32BigEndian(header[(8 + (20 * i))..]));
        return string.Join(", ", names);
    }

    private static string MacProcessor(uint type) => type switch
    {
        0x01000007 => "x64",
        0x0100000C => "arm64",
        _ => $"processor {type}",
    };

    private static string NameOf(Architecture architecture) => architecture.ToString().ToLowerInvariant();

    private static byte[] ReadHeader(string path)
    {
        using var stream = File.OpenRead(path);
        var header = new byte[HeaderBytes];
        return header[..stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false)];
    }
}
