using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Qwen35Batch.Inference.Tests.Tokenization;

/// <summary>A case of the reference implementation: a prompt, its media, and what was computed from them.</summary>
internal sealed class GoldenCase
{
    private readonly JsonElement _description;
    private readonly byte[] _data;
    private readonly JsonElement _header;
    private readonly int _start;

    public GoldenCase(string checkpoint, string name)
    {
        Folder = TestFiles.Path(checkpoint, "cases");
        _description = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, name + ".json"))).RootElement;
        _data = File.ReadAllBytes(Path.Combine(Folder, name + ".safetensors"));
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(_data);
        _header = JsonDocument.Parse(_data.AsMemory(8, length)).RootElement;
        _start = 8 + length;
    }

    public string Folder { get; }

    public string Text => _description.GetProperty("text").GetString()!;

    public string GreedyText => _description.GetProperty("greedy_text").GetString()!;

    public double Fps => _description.GetProperty("fps").GetDouble();

    public long MinPixels => _description.GetProperty("pixels").GetProperty("min").GetInt64();

    public long MaxPixels => _description.GetProperty("pixels").GetProperty("max").GetInt64();

    public IReadOnlyList<string> Images => [.. _description.GetProperty("images").EnumerateArray().Select(i => i.GetString()!)];

    public IReadOnlyList<IReadOnlyList<string>> Videos =>
        [.. _description.GetProperty("video_frames").EnumerateArray().Select(v => v.EnumerateArray().Select(f => f.GetString()!).ToList())];

    public static IEnumerable<TheoryDataRow<string, string>> All() =>
        from checkpoint in (string[])["tiny-moe", "tiny-dense"]
        from file in Directory.GetFiles(TestFiles.Path(checkpoint, "cases"), "*.safetensors").Order()
        select new TheoryDataRow<string, string>(checkpoint, System.IO.Path.GetFileNameWithoutExtension(file));

    public bool Has(string tensor) => _header.TryGetProperty(tensor, out _);

    public int[] Integers(string tensor)
    {
        var entry = _header.GetProperty(tensor);
        var bytes = Bytes(tensor);
        return entry.GetProperty("dtype").GetString() switch
        {
            "I64" => [.. MemoryMarshal.Cast<byte, long>(bytes).ToArray().Select(v => (int)v)],
            "I32" => MemoryMarshal.Cast<byte, int>(bytes).ToArray(),
            var other => throw new NotSupportedException(other),
        };
    }

    public ReadOnlySpan<byte> Bytes(string tensor)
    {
        var offsets = _header.GetProperty(tensor).GetProperty("data_offsets");
        return _data.AsSpan(_start + offsets[0].GetInt32(), offsets[1].GetInt32() - offsets[0].GetInt32());
    }
}
