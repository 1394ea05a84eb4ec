using System.Globalization;

namespace Qwen35Batch.Pipeline.Tests.Grounding.Places;

/// <summary>Values as people write them, with what they mean.</summary>
internal sealed class PlacesValues(Random random, bool isJapanese)
{
    private static readonly string[] First = ["Anna", "Bruno", "Clara", "David", "Edith", "Frank", "Greta", "Hugo", "Irene", "Jonas"];
    private static readonly string[] Last = ["Adler", "Brandt", "Conrad", "Dietz", "Engel", "Falk", "Gruber", "Huber", "Jansen", "Keller"];
    private static readonly string[] Articles = ["Office chair", "Flat file", "Desk lamp", "Refill pack", "Steel shelf", "Paper roll"];
    private static readonly string[] Towns = ["Springfield", "Riverton", "Lakewood", "Fairview", "Bloomfield"];
    private static readonly string[] Names = ["青山", "北川", "東西", "丸福", "大和", "光陽", "新緑", "桜木"];
    private static readonly string[] Trades = ["商事", "製作所", "運輸", "食品", "印刷", "電機"];
    private static readonly string[] Wares = ["事務用椅子", "机上灯", "補充用紙", "鋼製棚", "封筒", "蛍光灯"];

    private readonly HashSet<decimal> _amounts = [];
    private readonly HashSet<DateOnly> _dates = [];

    public string Company() => isJapanese
        ? $"株式会社{Pick(Names)}{Pick(Trades)}"
        : $"{Pick(Last)} & {Pick(Last)} {Pick(["Ltd", "GmbH", "Inc."])}";

    public string Person() => isJapanese
        ? $"{Pick(["佐藤", "鈴木", "高橋", "渡辺"])}{Pick(["健一", "美咲", "直樹", "葵"])}"
        : $"{Pick(First)} {Pick(Last)}";

    public (string First, string Second) Address() => isJapanese
        ? ($"東京都千代田区{Pick(Names)}町{random.Next(1, 9)}-{random.Next(1, 30)}-{random.Next(1, 20)}",
            $"{Pick(Names)}ビル{random.Next(2, 20)}階")
        : ($"{random.Next(1, 999)} {Pick(Last)} Street, Floor {random.Next(1, 30)}", $"{Pick(Towns)} {random.Next(10_000, 99_999)}");

    public string Goods() => isJapanese ? Pick(Wares) : Pick(Articles);

    public string Number(string letters) => $"{letters}-{random.Next(2019, 2029)}-{random.Next(10_000, 99_999)}";

    /// <summary>The same with another digit.</summary>
    public string Changed(string number)
    {
        var at = number.Length - 1 - random.Next(0, 5);
        return number[..at] + (char)('0' + ((number[at] - '0' + random.Next(1, 10)) % 10)) + number[(at + 1)..];
    }

    /// <summary>A sum that no other of this page has.</summary>
    public decimal Amount()
    {
        while (true)
        {
            var amount = isJapanese ? random.Next(1_000, 9_999_999) : random.Next(10_000, 99_999_99) / 100m;
            if (_amounts.Add(amount))
                return amount;
        }
    }

    public DateOnly Date()
    {
        while (true)
        {
            var date = new DateOnly(random.Next(2020, 2028), random.Next(1, 13), random.Next(1, 29));
            if (_dates.Add(date))
                return date;
        }
    }

    public string Write(decimal amount, bool isNegative = false)
    {
        var grouped = amount.ToString("#,0.00", CultureInfo.InvariantCulture);
        var plain = amount.ToString("#,0", CultureInfo.InvariantCulture);
        if (isJapanese)
        {
            var text = Pick([$"{plain}円", $"¥{plain}", plain, amount.ToString("0", CultureInfo.InvariantCulture)]);
            return isNegative ? $"▲{text}" : text;
        }

        var comma = grouped.Replace(",", " ", StringComparison.Ordinal).Replace('.', ',').Replace(' ', '.');
        var written = Pick([grouped, comma, $"${grouped}", $"EUR {comma}", amount.ToString("0.00", CultureInfo.InvariantCulture)]);
        return isNegative ? Pick([$"-{written}", $"({written})", $"{written}-"]) : written;
    }

    public string Write(DateOnly date) => isJapanese
        ? Pick([
            $"{date.Year}年{date.Month}月{date.Day}日",
            $"令和{date.Year - 2018}年{date.Month}月{date.Day}日",
            $"R{date.Year - 2018}.{date.Month}.{date.Day}",
            date.ToString("yyyy/MM/dd", CultureInfo.InvariantCulture),
        ])
        : Pick([
            date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            date.ToString("d MMMM yyyy", CultureInfo.InvariantCulture),
            date.ToString("MMM d, yyyy", CultureInfo.InvariantCulture),
            date.ToString("dd.MM.yyyy", CultureInfo.InvariantCulture),
            date.ToString("yyyy/MM/dd", CultureInfo.InvariantCulture),
        ]);

    public T Pick<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];
}
