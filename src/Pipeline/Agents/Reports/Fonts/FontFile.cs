using HarfBuzzSharp;

namespace Qwen35Batch.Pipeline.Agents.Reports.Fonts;

/// <summary>An installed font.</summary>
internal sealed class FontFile : IDisposable
{
    private readonly Blob _blob;
    private readonly Font _font;

    private FontFile(string path, Blob blob, Face face)
    {
        (Path, _blob, Face) = (path, blob, face);
        _font = new Font(face);
        _font.SetFunctionsOpenType();
    }

    public string Path { get; }

    public Face Face { get; }

    /// <exception cref="ReportException">It is no font with outlines that a PDF can hold.</exception>
    public static FontFile Open(string path)
    {
        Blob? blob = null;
        Face? face = null;
        try
        {
            blob = Blob.FromFile(path);
            face = new Face(blob, 0);
            if (face.GlyphCount > 0 && face.Tables.Contains(Tag.Parse("glyf"))) return new(path, blob, face);
        }
        catch (IOException missing)
        {
            blob?.Dispose();
            throw new ReportException($"The font '{path}' cannot be read: {missing.Message}", missing);
        }

        face.Dispose();
        blob.Dispose();
        throw new ReportException(
            $"The font '{path}' has no TrueType outlines, so that its text could not be copied out of a PDF; name another in "
                + "Agent:ReportFonts, such as that of fonts-ipaexfont.");
    }

    /// <summary>The glyph of a character; 0 when the font has none.</summary>
    public uint Glyph(int codePoint) => _font.TryGetGlyph((uint)codePoint, out var glyph) ? glyph : 0;

    public void Dispose()
    {
        _font.Dispose();
        Face.Dispose();
        _blob.Dispose();
    }
}
