using Qwen35Batch.Pipeline.Agents.Notes;

namespace Qwen35Batch.Pipeline.Tests.Agents.Notes;

/// <summary>What papers, news and manuals state can be quoted; the fence's own tests have what cannot.</summary>
public sealed class OrdersTests
{
    [Theory]
    [InlineData("Only 8 of 64 experts are active for each token.")]
    [InlineData("Training took 21 days on 512 devices.")]
    [InlineData("We present a sparse model with 7 layers that processes images and text.")]
    [InlineData("From 2017 to 2020, the number of parameters grew a hundredfold.")]
    [InlineData("Model 7 has more layers than model 6.")]
    [InlineData("Report 3 shows a rise of 4 percent.")]
    [InlineData("Search engines rank pages by links.")]
    [InlineData("State spaces of this size cannot be searched.")]
    [InlineData("Test results show that routing costs 2% of the time.")]
    [InlineData("The authors confirmed that seven layers suffice.")]
    [InlineData("The model was applied to large language models.")]
    [InlineData("As shown in Table 2, the router picks two experts, and the rest stay idle.")]
    [InlineData("Note that the second layer is shared.")]
    [InlineData("A study by the university states that the drug is effective in 61% of cases.")]
    [InlineData("It is important to note that memory grows linearly.")]
    [InlineData("Mixtral 8x7B outperforms GPT-3.5 on most benchmarks.")]
    [InlineData("The tasks are translation, summarisation and question answering.")]
    [InlineData("Agents built on language models call tools in a loop.")]
    [InlineData("The primary endpoint was survival at 12 months.")]
    [InlineData("The findings of this study point to a different cause.")]
    [InlineData("ASP.NET and Node.js are compared in section 4.")]
    [InlineData("In this layer, experts are chosen by a learned gate.")]
    [InlineData("The report was published on 3 May 2026.")]
    [InlineData("Users want shorter answers, according to the survey.")]
    [InlineData("Sales of the company rose by 12% in the first quarter.")]
    [InlineData("各トークンで働くのは、64の専門家のうち8だけである。")]
    [InlineData("この概説は2026年の論文を37本挙げている。")]
    [InlineData("学習には512台の装置で21日かかった。")]
    [InlineData("ルーターは各トークンを64個の専門家のうち2個に送る。")]
    [InlineData("実験の結果、精度は3.2ポイント向上した。")]
    [InlineData("東京都の人口は約1400万人である。")]
    [InlineData("この手法は計算量を半分に減らすことができる。")]
    [InlineData("同社は2024年に新しい工場を建設した。")]
    [InlineData("モデルの大きさと精度の関係を調べた。")]
    [InlineData("品質を優先する設計で、命令の数は64である。")]
    [InlineData("勾配は逆伝播で求める。")]
    public void A_statement_can_be_quoted(string sentence)
    {
        Assert.True(Orders.IsStatement(sentence));
        Assert.Equal(sentence, Orders.Strike(sentence));
    }
}
