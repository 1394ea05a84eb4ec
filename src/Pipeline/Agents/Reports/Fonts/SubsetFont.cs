using HarfBuzzSharp;
using SkiaSharp;
using HarfBuzzBuffer = HarfBuzzSharp.Buffer;

namespace Qwen35Batch.Pipeline.Agents.Reports.Fonts;

/// <summary>A font cut down to a report's characters: HarfBuzz places its glyphs, and Skia draws and embeds them.</summary>
internal sealed class SubsetFont : IDisposable
{
    private readonly SKData _data;
    private readonly Blob _blob;
    private readonly Face _face;
    private readonly Font _font;

    /// <exception cref="ReportException">The font cannot be cut down.</exception>
    public SubsetFont(FontFile file, IEnumerable<int> codePoints)
    {
        _data = SKData.CreateCopy(HarfBuzzSubset.Cut(file, codePoints));
        _blob = new Blob(_data.Data, (int)_data.Size, MemoryMode.ReadOnly);
        _face = new Face(_blob, 0);
        _font = new Font(_face);
        _font.SetFunctionsOpenType();
        Typeface = SKTypeface.FromData(_data)
            ?? throw new ReportException($"The font '{file.Path}' cannot be used; name another in Agent:ReportFonts.");
    }

    public SKTypeface Typeface { get; }

    /// <summary>The glyphs of a text, from left to right, with their places along the line for a size of 1.</summary>
    public (ushort[] Glyphs, float[] Places, float Width) Shape(string text)
    {
        using var buffer = new HarfBuzzBuffer();
        buffer.AddUtf16(text);
        buffer.GuessSegmentProperties();
        // Where direction marks were taken out, nothing turns the line around.
        buffer.Direction = Direction.LeftToRight;
        _font.Shape(buffer, Feature.Parse("-liga"), Feature.Parse("-clig"), Feature.Parse("-calt"));
        var infos = buffer.GlyphInfos;
        var positions = buffer.GlyphPositions;
        var glyphs = new ushort[infos.Length];
        var places = new float[infos.Length];
        var x = 0f;
        _font.GetScale(out var scale, out _);
        for (var index = 0; index < infos.Length; index++)
        {
            glyphs[index] = (ushort)infos[index].Codepoint;
            places[index] = x + ((float)positions[index].XOffset / scale);
            x += (float)positions[index].XAdvance / scale;
        }

        return (glyphs, places, x);
    }

    public void Dispose()
    {
        Typeface.Dispose();
        _font.Dispose();
        _face.Dispose();
        _blob.Dispose();
        _data.Dispose();
    }
}
