using System.Text;
using Qwen35Batch.Pipeline.Agents.Reports.Fonts;

namespace Qwen35Batch.Pipeline.Agents.Reports.Pdf;

/// <summary>Sets text in lines.</summary>
/// <param name="fonts">The fonts of the report.</param>
/// <param name="justified">Whether all lines but the last get the full width, as East Asian text has it.</param>
internal sealed class TextSetter(ReportFonts fonts, bool justified)
{
    // More than this share of the width would tear a line apart.
    private const float MostStretch = 0.12f;

    /// <summary>The lines of a paragraph.</summary>
    public IReadOnlyList<TextLine> Set(IReadOnlyList<TextSpan> spans, float width)
    {
        var lines = new List<TextLine>();
        var line = new List<Atom>();
        var used = 0f;
        foreach (var atom in Atoms(spans, width))
        {
            if (line.Count > 0 && !atom.IsSpace && used + atom.Width > width)
            {
                lines.Add(Line(line, width, isLast: false));
                (line, used) = ([], 0);
            }

            if (line.Count == 0 && atom.IsSpace) continue;
            line.Add(atom);
            used += atom.Width;
        }

        if (line.Count > 0) lines.Add(Line(line, width, isLast: true));
        return lines;
    }

    private List<Atom> Atoms(IReadOnlyList<TextSpan> spans, float width)
    {
        var atoms = new List<Atom>();
        foreach (var span in spans)
        {
            var isFirst = true;
            foreach (var part in LineBreaking.Parts(span.Text))
            {
                var atom = Shape(part, span);
                if (isFirst && span.Joined && atoms.Count > 0) atoms[^1] = atoms[^1].With(atom);
                else if (atom.Width <= width) atoms.Add(atom);
                else atoms.AddRange(part.EnumerateRunes().Select(rune => Shape(rune.ToString(), span)));
                isFirst = false;
            }
        }

        return atoms;
    }

    private Atom Shape(string text, TextSpan span)
    {
        var runs = new List<GlyphRun>();
        var part = new StringBuilder();
        SubsetFont? font = null;
        foreach (var rune in text.EnumerateRunes())
        {
            var (ofRune, shown) = fonts.Find(rune.Value, span.Style.IsHeading) is { } found
                ? (found, rune)
                : (fonts.Find(ReportFonts.Missing, span.Style.IsHeading), new Rune(ReportFonts.Missing));
            if (ofRune is null) continue;
            if (ofRune != font) End();
            font = ofRune;
            part.Append(shown.ToString());
        }

        End();
        return new(runs, runs.Sum(run => run.Width), text == " ");

        void End()
        {
            if (part.Length == 0) return;
            var (glyphs, places, width) = font!.Shape(part.ToString());
            var size = span.Style.Size;
            runs.Add(new(font, span.Style, glyphs, Array.ConvertAll(places, place => place * size), width * size, span.Destination));
            part.Clear();
        }
    }

    private TextLine Line(List<Atom> atoms, float width, bool isLast)
    {
        while (atoms[^1].IsSpace && atoms.Count > 1) atoms.RemoveAt(atoms.Count - 1);
        var used = atoms.Sum(atom => atom.Width);
        var gaps = atoms.Count - 1;
        var stretch = justified && !isLast && gaps > 0 && width - used <= width * MostStretch ? (width - used) / gaps : 0;
        var runs = new List<(float, GlyphRun)>();
        var x = 0f;
        foreach (var atom in atoms)
        {
            foreach (var run in atom.Runs)
            {
                runs.Add((x, run));
                x += run.Width;
            }

            x += stretch;
        }

        return new(runs, x - stretch);
    }

    private sealed record Atom(IReadOnlyList<GlyphRun> Runs, float Width, bool IsSpace)
    {
        public Atom With(Atom other) => new([.. Runs, .. other.Runs], Width + other.Width, IsSpace && other.IsSpace);
    }
}
