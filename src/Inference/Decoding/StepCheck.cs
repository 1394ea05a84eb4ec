using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Decoding;

/// <summary>What a caller of an <see cref="ISequenceModel"/> may ask for.</summary>
internal sealed class StepCheck(TextConfig config, int slots, int maxLength)
{
    public void Slot(int slot)
    {
        if (slot < 0 || slot >= slots)
        {
            throw new ArgumentOutOfRangeException(nameof(slot), $"There is no slot {slot}: the model was opened with {slots}.");
        }
    }

    public void Length(long length)
    {
        if (length > maxLength)
        {
            throw new ArgumentException($"A sequence of {length} tokens does not fit: a slot holds {maxLength}.", nameof(length));
        }
    }

    public void Tokens(ReadOnlySpan<int> tokens)
    {
        foreach (var token in tokens)
        {
            if (token < 0 || token >= config.VocabularySize)
            {
                throw new ArgumentException($"Token {token} is not in the vocabulary of {config.VocabularySize}.", nameof(tokens));
            }
        }
    }

    /// <returns>The tokens whose logits are wanted.</returns>
    public int Prefill(PrefillChunk chunk, int logits)
    {
        var count = chunk.TokenIds.Length;
        Slot(chunk.Slot);
        ArgumentOutOfRangeException.ThrowIfZero(count);
        ArgumentOutOfRangeException.ThrowIfNegative(chunk.Past);
        Length(chunk.Past + (long)count);
        Tokens(chunk.TokenIds.Span);
        if (chunk.Positions.Length != 3 * count || chunk.MediaEmbeddings.Length != chunk.MediaIndexes.Length * config.HiddenSize)
        {
            throw new ArgumentException(
                $"A chunk of {count} tokens needs {3 * count} positions, and {config.HiddenSize} values for each of its "
                    + $"{chunk.MediaIndexes.Length} picture tokens.", nameof(chunk));
        }

        var kept = Math.DivRem(logits, config.VocabularySize, out var rest);
        return rest == 0 && kept <= count
            ? kept
            : throw new ArgumentException(
                $"Logits of 0 to {count} tokens can be taken, each of {config.VocabularySize} values.", nameof(logits));
    }

    /// <returns>Tokens that the longest sequence has held.</returns>
    public int Decode(ReadOnlySpan<int> tokens, ReadOnlySpan<int> past, ReadOnlySpan<int> positions, int logits)
    {
        var count = tokens.Length;
        ArgumentOutOfRangeException.ThrowIfZero(count);
        Slot(count - 1);
        if (past.Length != count || positions.Length != count || logits != count * config.VocabularySize)
        {
            throw new ArgumentException(
                $"{count} tokens need {count} lengths and positions, and {count} rows of {config.VocabularySize} logits.", nameof(tokens));
        }

        var longest = 0;
        foreach (var length in past)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(past));
            longest = Math.Max(longest, length);
        }

        Length(longest + 1L);
        Tokens(tokens);
        return longest;
    }

    /// <summary>Positions as a graph takes them.</summary>
    public long[] Positions(ReadOnlySpan<int> positions)
    {
        var values = new long[positions.Length];
        for (var i = 0; i < positions.Length; i++)
        {
            values[i] = positions[i] >= 0 && positions[i] < config.MaxPositions
                ? positions[i]
                : throw new ArgumentException(
                    $"Position {positions[i]} is beyond the {config.MaxPositions} positions that the model knows.", nameof(positions));
        }

        return values;
    }

    /// <summary>The same on all three axes, as a decode step has them.</summary>
    public long[] AllAxes(ReadOnlySpan<int> positions)
    {
        var one = Positions(positions);
        return [.. one, .. one, .. one];
    }
}
