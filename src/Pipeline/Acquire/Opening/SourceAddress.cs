namespace Qwen35Batch.Pipeline.Acquire.Opening;

/// <summary>How a source's text is read.</summary>
internal static class SourceAddress
{
    /// <summary>The lower-case scheme of a URL; null for a local path (a drive letter is no scheme).</summary>
    public static string? Scheme(string source)
    {
        var colon = source.IndexOf(':', StringComparison.Ordinal);
        if (colon < 2 || !char.IsAsciiLetter(source[0]) || !source.AsSpan(0, colon).ContainsOnlySchemeCharacters())
            return null;
        var scheme = source[..colon].ToLowerInvariant();
        var rest = source.AsSpan(colon + 1);
        return rest.StartsWith("//", StringComparison.Ordinal) || scheme is "file" or "data" ? scheme : null;
    }

    /// <summary>The source as it may be shown and logged: a URL without user, query and fragment, which may be secrets.</summary>
    public static string Display(string source)
    {
        if (Scheme(source) is not { } scheme)
            return source;
        if (scheme is "data" || !Uri.TryCreate(source, UriKind.Absolute, out var url))
            return $"{scheme}:…";
        return Display(url);
    }

    /// <inheritdoc cref="Display(string)"/>
    public static string Display(Uri url) => url.IsFile
        ? url.LocalPath
        : url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.SafeUnescaped);

    private static bool ContainsOnlySchemeCharacters(this ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('+' or '-' or '.'))
                return false;
        }

        return true;
    }
}
