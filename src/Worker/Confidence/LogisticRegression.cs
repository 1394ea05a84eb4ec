namespace Qwen35Batch.Worker.Confidence;

/// <summary>A weighted sum of features, each less its mean and divided by its standard deviation, with an intercept.</summary>
/// <param name="Means">One a feature.</param>
/// <param name="Deviations">One a feature, above 0.</param>
/// <param name="Weights">The intercept, then one a feature.</param>
internal sealed record LogisticRegression(
    IReadOnlyList<double> Means, IReadOnlyList<double> Deviations, IReadOnlyList<double> Weights)
{
    // Keeps the weights finite where the labels can be told apart wholly; of thousands of labels it changes nothing.
    private const double Ridge = 1;
    private const int MostSteps = 50;
    private const double Enough = 1e-8;

    /// <summary>The logarithm of the odds of being right.</summary>
    public double Score(IReadOnlyList<double> features)
    {
        var score = Weights[0];
        for (var i = 0; i < Means.Count; i++) score += Weights[i + 1] * (features[i] - Means[i]) / Deviations[i];
        return score;
    }

    /// <summary>Fits by Newton's method, which from zero and with a ridge always ends.</summary>
    /// <param name="rows">The features of each label; at least one, all of the same length.</param>
    /// <param name="labels">Whether each is right.</param>
    public static LogisticRegression Fit(IReadOnlyList<IReadOnlyList<double>> rows, IReadOnlyList<bool> labels)
    {
        var width = rows[0].Count;
        var means = Enumerable.Range(0, width).Select(i => rows.Average(row => row[i])).ToArray();
        var deviations = Enumerable.Range(0, width)
            .Select(i => Math.Sqrt(rows.Average(row => (row[i] - means[i]) * (row[i] - means[i]))) is var deviation && deviation > 1e-9
                ? deviation
                : 1)
            .ToArray();
        var weights = new double[width + 1];
        var scaled = new double[width + 1];
        for (var step = 0; step < MostSteps; step++)
        {
            var gradient = new double[width + 1];
            var curvature = new double[width + 1, width + 1];
            for (var row = 0; row < rows.Count; row++)
            {
                scaled[0] = 1;
                for (var i = 0; i < width; i++) scaled[i + 1] = (rows[row][i] - means[i]) / deviations[i];
                var probability = Sigmoid(scaled.Zip(weights, (value, weight) => value * weight).Sum());
                for (var i = 0; i <= width; i++)
                {
                    gradient[i] += ((labels[row] ? 1 : 0) - probability) * scaled[i];
                    for (var j = 0; j <= i; j++) curvature[i, j] += probability * (1 - probability) * scaled[i] * scaled[j];
                }
            }

            for (var i = 0; i <= width; i++)
            {
                for (var j = 0; j < i; j++) curvature[j, i] = curvature[i, j];
                if (i > 0) gradient[i] -= Ridge * weights[i];
                curvature[i, i] += i > 0 ? Ridge : 1e-9;
            }

            var change = Solve(curvature, gradient);
            for (var i = 0; i <= width; i++) weights[i] += Math.Clamp(change[i], -4, 4);
            if (change.Max(Math.Abs) < Enough) break;
        }

        return new(means, deviations, weights);
    }

    public static double Sigmoid(double score) => 1 / (1 + Math.Exp(-Math.Clamp(score, -40, 40)));

    /// <summary>Gauss and Jordan, with the largest pivot; the matrix is symmetric and positive definite.</summary>
    private static double[] Solve(double[,] matrix, double[] right)
    {
        var size = right.Length;
        for (var column = 0; column < size; column++)
        {
            var pivot = Enumerable.Range(column, size - column).MaxBy(row => Math.Abs(matrix[row, column]));
            for (var i = 0; i < size; i++) (matrix[column, i], matrix[pivot, i]) = (matrix[pivot, i], matrix[column, i]);
            (right[column], right[pivot]) = (right[pivot], right[column]);
            for (var row = 0; row < size; row++)
            {
                if (row == column) continue;
                var factor = matrix[row, column] / matrix[column, column];
                for (var i = column; i < size; i++) matrix[row, i] -= factor * matrix[column, i];
                right[row] -= factor * right[column];
            }
        }

        return [.. right.Select((value, row) => value / matrix[row, row])];
    }
}
