using Qwen35Batch.Pipeline.Agents.Reports;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Tests.Agents.Reports;

/// <summary>Small reports, made up.</summary>
internal static class SampleReports
{
    public static readonly ReadSource First = Source(1, "A made-up paper on delta rules");
    public static readonly ReadSource Second = Source(2, "混合エキスパートの概説");

    public static readonly Report Japanese = new(
        "混合エキスパートモデルに関する最近の研究",
        "ja",
        [
            new("背景",
            [
                new(
                    "混合エキスパート（Mixture of Experts、MoE）は、入力ごとに一部の専門家だけを働かせることで、計算量を抑えながらパラメータ数を増や"
                        + "す手法である。「疎な活性化」と呼ばれるこの考え方は、2026年の論文でも中心的な話題であった。",
                    ["n1"]),
                new("一方、負荷の偏りや通信の費用など、まだ解決されていない課題も多い――とりわけ大規模な学習ではそうである。", ["n2", "n1"]),
            ]),
            new("主な成果", [new("デルタ則を用いる方式では、長い文脈でもメモリの使用量が一定に保たれると報告されている。", ["n2"])]),
        ],
        [
            new("n1", "MoE activates only some experts.", "only a few experts are active for each token", First.Address),
            new("n2", "メモリは一定。", "メモリの使用量は文脈の長さによらない。", Second.Address),
            new("n3", "Not used.", "this quote carries nothing", Second.Address),
        ],
        [First, Second],
        2,
        []);

    public static Report With(string text, string language = "ja", string title = "題") =>
        Japanese with { Title = title, Language = language, Sections = [new("節", [new(text, ["n1"])])], DroppedParagraphs = 0 };

    private static ReadSource Source(int number, string title) => new(
        new($"https://arxiv.org/abs/9901.0000{number}v1"),
        title,
        new(2026, 11, 28, 3, number, 0, TimeSpan.Zero),
        new string((char)('a' + number), 64));
}
