using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Text;

namespace Qwen35Batch.Pipeline.Agents.Notes;

/// <summary>
/// Ordinary words: those that a tokenizer of general text keeps in one piece, and the loanwords of Japanese. What is none of them, and
/// what is written as a name, may have been made up.
/// </summary>
internal static class Vocabulary
{
    private const string Package = "Microsoft.ML.Tokenizers.Data.O200kBase";
    private const string Resource = "o200k_base.tiktoken.deflate";
    private const int ShortestLoan = 2;
    private const int LongestKanji = 6;

    // Kanji that are joined to words: counters, numerals, prefixes and suffixes.
    private const string Affixes =
        "一二三四五六七八九十百千万億兆第約各全新旧大小高低最同本的性化型用者数率量年月日人中内外上下前後時間分秒回度点部所地区市町村県都府国家円式法系類種"
        + "等可不未無非超再副主多単双両初次毎当該実対総諸他来以毎枚本台件個頭名歳号版章節項条際力員費額料金税品物体面線層器機械室館院校場店会社局庁";

    private static readonly Lazy<FrozenSet<string>> All = new(Read);

    private static readonly FrozenSet<string> Loans = Set(
        """
        アイデア アカウント アクセス アップ アプリ アメリカ アジア アフリカ アルゴリズム アルバム アンケート イギリス イタリア イベント イメージ インターネット インド
        インフラ ウイルス ウェブ エキスパート エージェント エネルギー エラー エリア エンコーダ エンジン オイル オープン オフィス オプション オンライン カード ガイド ガス
        カテゴリ カメラ ガラス カラー キャッシュ キーワード キロ グラム グラフ グループ クラス クラウド クリア グローバル ゲート ゲーム ケース コア コスト コーチ コード
        コピー コミュニティ コメント コンテンツ コンピュータ コンピューター サービス サイズ サイト サーバ サーバー サポート サンプル システム シミュレーション シリーズ
        スイッチ スキル スケール スケジュール スコア スタート スタッフ ステップ ストレージ スパース スピード スペース スポーツ スマート セット センサ センサー センター
        センチ ソフト ソフトウェア ゾーン タイプ タイム タスク タワー ダム チーム チェック チップ チャンネル ツール テーブル テーマ テキスト デコーダ デザイン テスト
        データ デバイス デジタル テレビ テンソル ドイツ トークン トップ ドキュメント トラック トレーニング トン ニュース ニューラル ネットワーク ノード ノイズ パーセント
        バージョン ハードウェア パターン バッチ バス パス パラメータ パラメーター バランス ピーク ビジネス ビット ビデオ ピクセル ファイル フィルタ フィルター フランス
        プラン プラットフォーム プログラム プロジェクト プロセス プロセッサ ブロック ページ ベース ベクトル ベンチマーク ホール ポイント ボード ホスト ホテル ボトル
        マイナス マスク マップ マネージャー ミリ メーカー メートル メカニズム メッセージ メディア メニュー メモリ メモリー メンバー モード モデル モジュール ユーザ ユーザー
        ユニット ライン ライブラリ ラベル ランダム リスク リスト リソース リットル リンク ルータ ルーター ルーティング ルート ルール レイヤ レイヤー レベル レポート
        ロシア ローカル ログ ロボット ワード ワクチン ワット アーキテクチャ アップデート アテンション インデックス インターフェース ウィンドウ オブジェクト
        ガソリン カルシウム キャンプ キロメートル キログラム クロック ゲノム コース コーヒー コレクション コンクリート コントロール サイクル シーズン ジャンル ショップ
        スウェーデン スペイン セキュリティ ダウンロード タンク タンパク ダイオード チケット ディスク データセット データベース トンネル ドル ハード パート バイト パネル
        ビタミン ビル プール フォーマット プライバシー プロトコル ヘクタール ベッド ポンド マグネシウム ミリメートル メガ ギガ テラ モーター ヨーロッパ ユーロ ライト
        ライセンス ラジオ ランキング リチウム レストラン レンズ ロケット ヘルツ ボルト アンペア カロリー イオン ウラン エタノール オゾン アミノ コラム ゼロ プラス ドア
        """);

    // Written with a capital by everybody, and by itself no name of a thing.
    private static readonly FrozenSet<string> Proper = Set(
        """
        January February March April May June July August September October November December Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov
        Dec Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Wed Thu Fri Sat Sun Christmas Easter
        Africa African America American Americas Antarctica Arctic Asia Asian Atlantic Australia Australian Austria Austrian Belgium Belgian
        Brazil Brazilian Britain British Canada Canadian China Chinese Denmark Danish Dutch Egypt Egyptian England English Europe
        European Finland Finnish France French German Germany Greece Greek India Indian Indonesia Iran Ireland Irish Israel Italian Italy
        Japan Japanese Korea Korean Latin Mediterranean Mexico Mexican Netherlands Norway Norwegian Pacific Poland Polish Portugal
        Portuguese Roman Russia Russian Scotland Scottish Spain Spanish Sweden Swedish Swiss Switzerland Turkey Turkish Ukraine Vietnam
        Western Eastern Northern Southern Earth Internet Web Moon
        I AD AI AM API BC BCE CD CE CEO CO2 CPU CPUs DC DNA DVD EU FAQ GDP GPS GPU GPUs H2O HTML HTTP ID IT LED LLM LLMs ML NMR OK PC PDF
        PhD PM RAM RNA SQL TPU TV UK UN URL US USA USB UTC UV XML Mr Mrs Ms Dr Prof St No
        Table Figure Fig Section Chapter Part Appendix Step Phase Stage Type Class Level Model Layer Group Version Eq
        Hz kHz MHz GHz kB KB MB GB TB PB Mbps Gbps W Wh kW kWh MW MWh GW GWh mAh dB dBm pH kPa MPa GPa eV keV MeV GeV mV kV kJ MJ kN mL
        """);

    /// <summary>Words that join others, and that no name is made of.</summary>
    public static FrozenSet<string> Joining { get; } = Set(
        """
        the a an this that these those it its he she we they our their his her in on at of for with without by from to as and but or nor if
        when while after before since because although though both most many some such other others another no not all each every any only
        one two three there here then thus hence however also more less than what which who where why how i you is are was were be been
        have has had do does did can could may might will would should must about into over under between during through per via
        """,
        StringComparer.OrdinalIgnoreCase);

    public static bool IsProper(string word) => Proper.Contains(word);

    /// <summary>Whether a word of Latin letters, written small, is an ordinary one.</summary>
    public static bool IsOrdinary(string word) =>
        word.Length < 2 || Joining.Contains(word) || All.Value.Contains(word.ToLowerInvariant());

    /// <summary>How many kanji of a run are in no ordinary word, at least.</summary>
    public static int Strange(string run)
    {
        var lookup = All.Value.GetAlternateLookup<ReadOnlySpan<char>>();
        var fewest = new int[run.Length + 1];
        for (var at = 1; at <= run.Length; at++)
        {
            fewest[at] = fewest[at - 1] + (Affixes.Contains(run[at - 1], StringComparison.Ordinal) ? 0 : 1);
            for (var length = 2; length <= Math.Min(at, LongestKanji); length++)
                if (lookup.Contains(run.AsSpan(at - length, length))) fewest[at] = Math.Min(fewest[at], fewest[at - length]);
        }

        return fewest[^1];
    }

    /// <summary>Whether a run of katakana is made of loanwords.</summary>
    public static bool IsLoan(ReadOnlySpan<char> run)
    {
        if (run.IsEmpty) return true;
        var lookup = Loans.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var length = run.Length; length >= ShortestLoan; length--)
            if (lookup.Contains(run[..length]) && IsLoan(run[length..].TrimStart("ーズ・"))) return true;
        return false;
    }

    private static FrozenSet<string> Set(string words, StringComparer? comparer = null) =>
        words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(comparer ?? StringComparer.Ordinal);

    private static FrozenSet<string> Read()
    {
        using var packed = Assembly.Load(Package).GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The package {Package} has no '{Resource}': another version is installed.");
        using var lines = new StreamReader(new DeflateStream(packed, CompressionMode.Decompress));
        var words = new HashSet<string>(StringComparer.Ordinal);
        while (lines.ReadLine() is { } line)
        {
            // The first line says how many there are.
            if (line.Contains(':', StringComparison.Ordinal)) continue;
            var token = Encoding.UTF8.GetString(Convert.FromBase64String(line));
            if (token.Length > 2 && token[0] == ' ' && token.Skip(1).All(letter => char.IsLower(letter))) words.Add(token[1..]);
            else if (token.Length is > 1 and <= LongestKanji && token.All(letter => letter is >= '一' and <= '龥')) words.Add(token);
        }

        return words.ToFrozenSet(StringComparer.Ordinal);
    }
}
