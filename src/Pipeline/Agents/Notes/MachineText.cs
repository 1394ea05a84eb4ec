using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Agents.Notes;

/// <summary>
/// Text that is written for a program and not for a person: markup, turns of a conversation, calls, data, commands, and addresses to go
/// to. None of it says anything about the world, and so none of it can be quoted.
/// </summary>
internal static partial class MachineText
{
    public static bool IsIn(string sentence) =>
        Markup().IsMatch(sentence) || Turn().IsMatch(sentence) || Call().IsMatch(sentence) || Addresses().IsMatch(sentence);

    /// <summary>Whether it leads somewhere: by an address, a host or a mailbox.</summary>
    public static bool HasAddress(string text) => Addresses().IsMatch(text);

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    // Tags of any name, entities that hide them, brackets with bars, code fences, links of Markdown.
    [GeneratedRegex(
        @"<\s*/?\s*[a-z_][\w.:-]{0,60}(?:[\s=|/][^<>]{0,200})?>|<\s*\||\|\s*>|&(?:lt|gt|amp|#x?[0-9a-f]{2,6});|<<|>>|[«‹《〈＜]\s*[|｜]"
        + @"|[|｜]\s*[»›》〉＞]|[\[({（［]\s*[|｜]|[|｜]\s*[\])}）］]|(?-i:\[/?\s*[A-Z_]{3,12}\s*\])|```|~~~|!?\[[^\]\n]{0,200}\]\([^)\n]*\)|<!--"
        + @"|-->|\{[{%]",
        Options)]
    private static partial Regex Markup();

    // Who speaks, at the start of a line; the thoughts and acts of a program; ends of what is read.
    [GeneratedRegex(
        @"(?:^|\n)\s*(?:[#>*\-/\[(【「]+\s*)*(?:system|assistant|user|human|ai|bot|agent|model|developer|operator|admin(?:istrator)?"
        + @"|supervisor"
        + @"|root|tool|function|thought|action(?: input)?|observation|args|arguments|parameters?|from|to|task|instructions?|prompt|command"
        + @"|orchestrator|controller|planner|moderator|owner)\b"
        + @"(?:\s+(?:message|prompt|turn|note|notice|input|output|call|override|update|mode|response|reply))?\s*(?:[\])】」]|[:：|＞>]|//|--|—)"
        + @"|(?:^|\n)\s*[【\[(]?\s*(?:システム|管理者|運営|利用者|ユーザー?|アシスタント|開発者|監督|思考|行動|観察|指示|命令|ツール(?:呼び?出し)?|関数|引数)"
        + @"(?:より|から)?\s*[:：】＞>\])]"
        + @"|(?:^|\n)\s*[^\s:：()（）]{2,30}\s[(（][^()（）]{2,40}[)）]\s*[:：]|\bQ\s*[:：].{0,200}\bA\s*[:：]"
        + @"|(?:^|\n)\s*[\[［【(（][^\]］】)）\n]{0,10}(?:メモ|連絡|通知|知らせ|指示|変更|注意|警告|命令|告知|memo|notice|note|warning)[\]］】)）]"
        + @"|\bend of (?:the )?(?:\w+ )?(?:document|page|text|article|input|context|content|data|quote|message|transcript|file)\b"
        + @"|\b(?:begin|start) of (?:the )?(?:\w+ )?(?:instructions?|prompt|message|conversation|context)\b"
        + @"|(?:文書|本文|ページ|入力|データ|引用)(?:の)?(?:終わり|終了|ここまで)",
        Options)]
    private static partial Regex Turn();

    // A call with its bracket, members of an object, a command line.
    [GeneratedRegex(
        @"\b[a-z]\w*[_.][a-z]\w*\s*[({\[]|\b\w+\(\s*\w+\s*[=:]|\{\s*[""'“]?\w+[""'”]?\s*[:=]|[""'“]\w+[""'”]\s*:"
        + @"|\b(?:curl|wget|sudo|chmod)\s+\S|\brm -|\bjavascript:|\b(?:function|tool)[ _-]?calls?\s*[:=]",
        Options)]
    private static partial Regex Call();

    [GeneratedRegex(
        @"\b[a-z][a-z0-9+.-]{1,12}\s*[:：]\s*(?://|／／)\s*\S|\bhxxps?\b|\bwww\s*[.．]\s*\S|\S+\s*[@＠]\s*[\w-]+(?:\s*[.．]\s*\w+)+"
        + @"|\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+|/\S)|\blocalhost\b|\[dot\]|\(dot\)"
        + @"|(?-i:\b(?:[a-zA-Z0-9-]+\.)+(?:com|org|net|io|ai|dev|app|jp|co|example|test|info|biz|xyz|ru|cn|me|cc|ly|gg|sh|invalid|local"
        + @"|onion)\b)",
        Options)]
    private static partial Regex Addresses();
}
