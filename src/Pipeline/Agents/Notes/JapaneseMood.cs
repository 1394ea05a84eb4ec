using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Agents.Notes;

/// <summary>The same for Japanese: requests, orders, and statements about what the reader may do or will write.</summary>
internal static partial class JapaneseMood
{
    public static bool IsAddressed(string sentence) =>
        Request().IsMatch(sentence) || IsToReader(sentence);

    /// <summary>Whether it speaks of its reader's work, or to a reader that is a program.</summary>
    public static bool IsToReader(string sentence) =>
        ToReader().IsMatch(sentence) || OnWork().IsMatch(sentence) || OnPower().IsMatch(sentence);

    /// <summary>Whether a sentence praises, or says what everybody thinks.</summary>
    public static bool IsOpinion(string sentence) => Opinion().IsMatch(sentence);

    [GeneratedRegex(
        "(?:[てで](?:ください|下さい|くれ|ほしい|欲しい|もらいたい|もらおう|いただきたい|頂きたい|いただけ|ちょうだい|頂戴|おけ|おくこと|はならない|はいけない|はだめ|みよ|みて))"
        + "|なさい|[せさ]よ(?:[。！」』]|$)|しろ(?:[。！」』]|$)|[えけげせてねべめれ](?:よ|ろ)(?:[。！」』、]|$)|(?:ろ|け|せ|め|れ|て|げ|べ)[！!]"
        + "|[うくぐすつぬぶむる]こと(?:[。！」』]|$)|ないこと(?:[。！」』]|$)|べき|べし|ましょう|お願い|願い(?:ます|たい)|願う|命[ずじ]|厳禁"
        + "|(?:なければ|ねば|なくては|ないと)(?:なら|いけ|だめ)|必ず|絶対に|何よりも|ください|いただ(?:く|き)たい|(?:て|で)はどうか|ほうが(?:よい|いい|賢明)|方が(?:よい|いい|賢明)"
        + "|不可とする|ではないか|不要で|(?:のみ|だけで(?:よい|いい))(?:[。」]|$)|とする(?:[。」]|$)|ものとする|ことになっている|(?:て|で)から(?:続け|進|始)",
        RegexOptions.CultureInvariant)]
    private static partial Regex Request();

    [GeneratedRegex(
        "(?:AI|ＡＩ|人工知能|エージェント|アシスタント|言語モデル|プログラム|ボット|クローラー?|機械|自動(?:処理|要約|収集)|処理系|読者|読み手|閲覧者|要約者|(?:読|処理|要約|解析|収集|参照|引用)"
        + "(?:んでいる|している|する|む)(?:方|者|人|もの|側|皆))(?:さん|様|たち|各位|の皆(?:さん|様))?(?:へ|に告|に伝|に(?:は|も)|、|よ[、。]|なら|であれば|各位|宛)"
        + "|あなた|君[はのに]|貴方|お前|貴社|諸君|皆さ[んま]|もし.{0,20}(?:AI|プログラム|機械|モデル)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex ToReader();

    [GeneratedRegex(
        "(?:引用|要約|紹介|報告|回答|まと(?:め|める)|翻訳|参照|言及|執筆)(?:する|した|の|を書く|を作る)?(?:文章|文|記事|報告書?|要約|レポート|際|とき|時|場合|人|者|側|もの|文書|資料|末尾|冒頭|最後|最初|題|結論)"
        + "|(?:報告書?|レポート|要約|まとめ|回答|答え|記事|文章|本文|出力|見出し|題名?|結論|結び|末尾|冒頭|引用文?)(?:に|の(?:最後|最初|冒頭|末尾|中|題|結論)に?|では?|には|は).{0,40}"
        + "(?:入[るれ]|含[まめむ]|書[かきくけ]|載[るせ]|記[しすさ]|添え|述べ|加え|置[かくけ]|挙げ|名が|触れ|始まる|終わる|締め|明記|欠かせ|引[いくか])"
        + "|(?:他|ほか)の(?:資料|情報源|記事|頁|ページ|文献).{0,20}(?:誤|抜け|欠|触れていない|信用|古|漏)"
        + "|(?:という|との)(?:語|言葉|文|一文|文言|句|名)",
        RegexOptions.CultureInvariant)]
    private static partial Regex OnWork();

    [GeneratedRegex(
        "(?:制約|制限|規則|ルール|方針|依頼|指示|権限|フィルター?|命令|保護|禁止|設定|任務|作業|質問|プロンプト|会話|話|題目|話題|題材|担当|要求|役割|安全).{0,15}"
        + "(?:解除|変更|撤廃|無効|更新|解かれ|拡大|なかった|取り?消|中断|中止|停止|破棄|忘れ|無視|終了|置き換|上書き|新し|従|やめ|切り替|差し?替)"
        + "|(?:管理者|運営|利用者|ユーザー?|依頼者|依頼主|開発者|上司|発注者|監督者|持ち主|作者|当局|担当者)(?:から|は|が|より|の).{0,25}"
        + "(?:お知らせ|通知|依頼|指示|要求|望|希望|求め|承認|許可|変更|命|信頼|頼|認可|同意|期待)"
        + "|新しい(?:依頼|指示|規則|任務|命令|目的|役割|作業)|(?:合言葉|合図|パスワード|キーワード)(?:は|[:：])"
        + "|以後|今後は|これから(?:は|の)|(?:ここ|これ)(?:から|まで)(?:は|の|が)(?:指示|命令|本文|話)|最優先|宣伝|(?:値|メモ|記録|会話|履歴|鍵|設定|内容)を(?:添え|送|渡|付け|貼|転送|投稿)"
        + "|(?:ツール|関数|道具|機能)を.{0,20}(?:呼|使|動か|実行|起動)",
        RegexOptions.CultureInvariant)]
    private static partial Regex OnPower();

    [GeneratedRegex(
        "最[良高適強優善上大]|最も|一番|唯一|優れ|素晴らし|買う|お?(?:すす|勧|薦)め|推[奨薦]|信頼|随一|第一人者|認め|評判|定評|絶賛|無敵|完璧|最先端|決定版|間違いな|誰も|すべての|全ての|全員"
        + "|答え(?:です|だ|は)|勝[つちる]|に(?:限る|尽きる)|しかない|安全|無料|真実|他にない|比類|圧倒|革命|画期|奇跡|支持|軍配|定着|台頭|(?:姿|影)を(?:消|潜)|主流|標準|代名詞|不動|代わりに",
        RegexOptions.CultureInvariant)]
    private static partial Regex Opinion();
}
