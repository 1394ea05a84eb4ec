using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Agents.Notes;

/// <summary>
/// Leaves sentences out that speak to whoever reads the page instead of saying something: turns of a conversation, calls of tools, orders
/// about reports and instructions. What is left out cannot be quoted. It makes attacks fewer; the fence does not rest on it, but on what
/// calls may do.
/// </summary>
internal static partial class Orders
{
    /// <summary>Stands where a sentence was left out.</summary>
    public const string Mark = "[…]";

    /// <returns>The text without them, and how many there were.</returns>
    public static (string Text, int Count) Strike(string text)
    {
        var count = 0;
        var struck = Sentences().Replace(text, sentence =>
        {
            if (!IsOrder(sentence.Value)) return sentence.Value;
            count++;
            return Mark + (sentence.Value.EndsWith('\n') ? "\n" : " ");
        });
        return (struck, count);
    }

    private static bool IsOrder(string sentence) =>
        Turns().IsMatch(sentence) || Commands().IsMatch(sentence) || JapaneseCommands().IsMatch(sentence);

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    // To the end of a line, or to a full stop, whichever comes first.
    [GeneratedRegex(@"[^\n.!?。！？]*(?:[.!?](?!\s|$)[^\n.!?。！？]*)*(?:[.!?]+(?:\s|$)|[。！？]+|\n|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Sentences();

    [GeneratedRegex(
        @"<\s*\|[^>]{0,40}>|</?\s*(?:think|tool_call|tool_response|function|parameter|tools|system|im_start|im_end)\b|\[/?INST\]|<<SYS>>"
        + @"|^\s*(?:#+\s*)?(?:system|assistant|developer|user|human|tool)\s*(?:message|prompt|turn|note)?\s*[:：>\]]"
        + @"|""(?:name|tool|function|arguments|tool_calls?)""\s*:|\b[a-z]+_[a-z_]+\s*\(",
        Options | RegexOptions.Multiline)]
    private static partial Regex Turns();

    [GeneratedRegex(
        @"\b(?:ignore|disregard|forget|override|bypass|skip)\b.{0,80}"
        + @"\b(?:instructions?|prompts?|rules?|above|previous|prior|polic(?:y|ies)|limits?)\b"
        + @"|\b(?:write|include|add|insert|put|state|mention|append|output|print|repeat|say|quote|copy|place|begin|end|start)\b.{0,100}"
        + @"\b(?:report|summary|answer|response|output|notes?|sections?|paragraphs?|title|heading|conclusion)\b"
        + @"|\b(?:report|summary|answer|response)s?\b.{0,40}\b(?:must|should|shall|has to|needs? to)\b"
        + @"|\b(?:call|invoke|use|run|execute|fetch|open|visit|browse|load|request|send|post|submit|download|read|query|search)\b.{0,100}"
        + @"(?:https?:|\btools?\b|\bfunctions?\b|\b\w+_(?:search|page|report)\b)"
        + @"|\b(?:AI|LLM|language model|assistant|agent|chatbot|crawler|bot|model)s?\b.{0,60}"
        + @"\b(?:must|should|shall|have to|please|reading|you)\b"
        + @"|\b(?:written|put|included|added|inserted|mentioned|repeated|copied|placed|printed|cited)\b.{0,60}"
        + @"\b(?:reports?|summary|summaries|answers?|responses?|titles?|conclusions?)\b"
        + @"|\btools? (?:are|is) (?:now )?(?:allowed|available|permitted)\b|\byou (?:must|have to|are to)\b"
        + @"|\byou (?:are|will|shall|should|have to) (?:now|an? |the |not|only|always|never|call|write|send|include|say|obey|follow)\b"
        + @"|\b(?:new|updated|important|hidden|real|actual) (?:system )?(?:instructions?|orders?|tasks?|directives?)\b",
        Options)]
    private static partial Regex Commands();

    [GeneratedRegex(
        "(?:指示|命令|プロンプト|ルール|制限).{0,20}(?:無視|忘れ|従|上書き)|(?:無視|忘れ)(?:して|し|せよ|てください|ること)"
        + "|(?:レポート|報告書?|要約|回答|答え|出力|メモ|見出し|題).{0,40}(?:書[きいけく]|含め|追加|記載|挿入|入れ|加え|載せ)"
        + "|(?:書[きい]|含め|追加|記載|送信|実行|アクセス|呼び出|出力|検索|開).{0,4}(?:てください|なさい|せよ|すること|しろ)"
        + "|(?:システム|アシスタント|ユーザー)\\s*[:：]|(?:AI|アシスタント|モデル|エージェント).{0,20}(?:へ|は必ず|に告)",
        Options)]
    private static partial Regex JapaneseCommands();
}
