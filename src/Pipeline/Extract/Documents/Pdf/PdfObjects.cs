using System.IO.Compression;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Tokens;

namespace Qwen35Batch.Pipeline.Extract.Documents.Pdf;

/// <summary>The objects of a PDF. What is behind a reference is looked up when it is asked for, and streams unpack to a limit.</summary>
internal sealed class PdfObjects(PdfDocument document)
{
    private const int MaxReferences = 16;

    /// <summary>The root of the objects.</summary>
    public DictionaryToken Catalog => document.Structure.Catalog.CatalogDictionary;

    /// <summary>An entry of a dictionary; null when there is none, or none of the type.</summary>
    public T? Get<T>(DictionaryToken? owner, string name)
        where T : class, IToken => owner is not null && owner.TryGet(NameToken.Create(name), out var value) ? Resolve(value) as T : null;

    /// <summary>A text of a dictionary; null when there is none.</summary>
    public string? Text(DictionaryToken? owner, string name) => (Get<IToken>(owner, name) as IDataToken<string>)?.Data;

    /// <summary>A whole number of a dictionary; null when there is none.</summary>
    public long? Number(DictionaryToken? owner, string name) =>
        Get<NumericToken>(owner, name)?.Data is >= 0 and < int.MaxValue and var number ? (long)number : null;

    /// <summary>What a token stands for.</summary>
    public IToken? Resolve(IToken? token)
    {
        for (var step = 0; step < MaxReferences && token is IndirectReferenceToken reference; step++)
            token = document.Structure.GetObject(reference.Data)?.Data;
        return token is IndirectReferenceToken ? null : token;
    }

    /// <summary>A stream's bytes; null when there are more, or when they are packed otherwise than files are.</summary>
    public byte[]? Content(StreamToken stream, int most)
    {
        var filters = Get<IToken>(stream.StreamDictionary, "Filter") switch
        {
            null => [],
            NameToken name => [name.Data],
            ArrayToken array => array.Data.Select(Resolve).OfType<NameToken>().Select(name => name.Data).ToList(),
            _ => new List<string> { "" },
        };
        if (filters.Count == 0)
            return stream.Data.Length <= most ? stream.Data.ToArray() : null;
        if (filters is not ["FlateDecode" or "Fl"] || Get<DictionaryToken>(stream.StreamDictionary, "DecodeParms") is not null)
            return null;
        using var packed = new ZLibStream(new MemoryStream(stream.Data.ToArray(), writable: false), CompressionMode.Decompress);
        using var content = new MemoryStream();
        var block = new byte[1 << 16];
        try
        {
            int read;
            while ((read = packed.Read(block)) > 0)
            {
                if (content.Length + read > most)
                    return null;
                content.Write(block, 0, read);
            }
        }
        catch (InvalidDataException)
        {
            return null;
        }

        return content.ToArray();
    }
}
