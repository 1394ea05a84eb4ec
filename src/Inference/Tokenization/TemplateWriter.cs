namespace Qwen35Batch.Inference.Tokenization;

/// <summary>Collects the pieces of a prompt, and numbers pictures and clips where that is asked for.</summary>
internal sealed class TemplateWriter(bool numbersMedia)
{
    private readonly List<PromptPiece> _pieces = [];
    private int _images;
    private int _videos;

    /// <summary>What was written.</summary>
    public IReadOnlyList<PromptPiece> Pieces => _pieces;

    /// <summary>Removes white space at both ends of a content.</summary>
    public static IReadOnlyList<PromptPiece> Strip(IReadOnlyList<PromptPiece> content)
    {
        var pieces = content.ToList();
        while (pieces is [{ IsMedia: false } first, ..])
        {
            pieces[0] = PromptPiece.Content(PythonText.StripStart(first.Text));
            if (pieces[0].Text.Length > 0)
                break;
            pieces.RemoveAt(0);
        }

        while (pieces is [.., { IsMedia: false } last])
        {
            pieces[^1] = PromptPiece.Content(PythonText.StripEnd(last.Text));
            if (pieces[^1].Text.Length > 0)
                break;
            pieces.RemoveAt(pieces.Count - 1);
        }

        return pieces;
    }

    /// <summary>Writes a piece of the template.</summary>
    public void Template(string text) => _pieces.Add(new(PieceKind.Template, text));

    /// <summary>Writes text that somebody else wrote.</summary>
    public void Content(string text) => _pieces.Add(PromptPiece.Content(text));

    /// <summary>Writes text, pictures and clips.</summary>
    public void Content(IEnumerable<PromptPiece> content)
    {
        foreach (var piece in content)
        {
            if (numbersMedia && piece.Kind == PieceKind.Image)
                Template($"Picture {++_images}: ");
            if (numbersMedia && piece.Kind == PieceKind.Video)
                Template($"Video {++_videos}: ");
            _pieces.Add(piece);
        }
    }
}
