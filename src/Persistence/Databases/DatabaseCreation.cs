using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Qwen35Batch.Persistence.Databases;

internal static class DatabaseCreation
{
    public static IRelationalDatabaseCreator GetDatabaseCreator(this DbContext db) => db.GetService<IRelationalDatabaseCreator>();
}
