-- A price list of format 3, as the release before format 4 wrote it.
PRAGMA application_id = 1397182257;
PRAGMA user_version = 3;
BEGIN TRANSACTION;
CREATE TABLE category (
        id TEXT PRIMARY KEY, names TEXT NOT NULL, picture TEXT NOT NULL, sort INTEGER NOT NULL) STRICT;
INSERT INTO "category" VALUES('drinks','{"en": "Drinks"}','',1);
CREATE TABLE code (
        code TEXT PRIMARY KEY, product_id INTEGER NOT NULL REFERENCES product(id),
        pieces INTEGER NOT NULL CHECK (pieces > 0)) STRICT, WITHOUT ROWID;
INSERT INTO "code" VALUES('16901234567899',1,6);
INSERT INTO "code" VALUES('42',2,1);
INSERT INTO "code" VALUES('43',3,1);
INSERT INTO "code" VALUES('6901234567892',1,1);
CREATE TABLE label_template (
        pattern TEXT PRIMARY KEY, name TEXT NOT NULL, sort INTEGER NOT NULL) STRICT;
INSERT INTO "label_template" VALUES('2{item:6}{price:5}{check}','price',1);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('bag_skus','["bag"]');
INSERT INTO "meta" VALUES('channel','lane');
INSERT INTO "meta" VALUES('currency','CNY');
INSERT INTO "meta" VALUES('imports','0');
INSERT INTO "meta" VALUES('limits','{}');
INSERT INTO "meta" VALUES('names','{"en": "Demo"}');
INSERT INTO "meta" VALUES('payments','{}');
INSERT INTO "meta" VALUES('published_at','2026-03-01T12:00:00+00:00');
INSERT INTO "meta" VALUES('receipt','{"header": {"en": "Hello"}}');
INSERT INTO "meta" VALUES('revision','7');
INSERT INTO "meta" VALUES('state','77777777777777777777777777777777');
INSERT INTO "meta" VALUES('store','demo');
INSERT INTO "meta" VALUES('time_zone','Asia/Shanghai');
CREATE TABLE offer (
        id TEXT PRIMARY KEY, kind TEXT NOT NULL, quantity INTEGER NOT NULL, price_minor INTEGER NOT NULL,
        names TEXT NOT NULL, valid_from INTEGER, valid_until INTEGER) STRICT;
INSERT INTO "offer" VALUES('3for10','n_for_x',3,1000,'{"en": "3 for 10"}',NULL,1772366400);
INSERT INTO "offer" VALUES('later','n_for_free',2,1,'{"en": "what no kiosk knew"}',NULL,NULL);
CREATE TABLE offer_product (
        product_id INTEGER NOT NULL REFERENCES product(id), offer_id TEXT NOT NULL REFERENCES offer(id),
        PRIMARY KEY (product_id, offer_id)) STRICT, WITHOUT ROWID;
INSERT INTO "offer_product" VALUES(1,'3for10');
INSERT INTO "offer_product" VALUES(3,'3for10');
INSERT INTO "offer_product" VALUES(3,'later');
CREATE TABLE picture (name TEXT PRIMARY KEY, media_type TEXT NOT NULL, bytes BLOB NOT NULL) STRICT;
CREATE TABLE price (
        product_id INTEGER NOT NULL REFERENCES product(id),
        kind TEXT NOT NULL CHECK (kind IN ('list', 'special', 'member')),
        valid_from INTEGER NOT NULL, valid_until INTEGER CHECK (valid_until > valid_from),
        minor INTEGER NOT NULL CHECK (minor > 0), PRIMARY KEY (product_id, kind, valid_from)) STRICT, WITHOUT ROWID;
INSERT INTO "price" VALUES(1,'list',0,NULL,450);
INSERT INTO "price" VALUES(1,'member',0,NULL,420);
INSERT INTO "price" VALUES(2,'list',0,NULL,50);
INSERT INTO "price" VALUES(3,'list',0,NULL,990);
CREATE TABLE product (
        id INTEGER PRIMARY KEY, sku TEXT NOT NULL UNIQUE, names TEXT NOT NULL,
        unit TEXT NOT NULL CHECK (unit IN ('piece', 'kg')), category TEXT NOT NULL,
        tax_rate_bp INTEGER NOT NULL, min_age INTEGER NOT NULL, loose INTEGER NOT NULL, plu TEXT NOT NULL,
        picture TEXT NOT NULL, tare_grams INTEGER NOT NULL) STRICT;
INSERT INTO "product" VALUES(1,'tea','{"en": "Green tea", "zh-CN": "绿茶"}','piece','drinks',1300,0,0,'','',0);
INSERT INTO "product" VALUES(2,'bag','{"en": "Bag"}','piece','',0,0,0,'','',0);
INSERT INTO "product" VALUES(3,'soup','{"en": "Soup"}','piece','',0,0,0,'','',0);
CREATE TABLE recall (
        sku TEXT NOT NULL, lot TEXT NOT NULL, serial TEXT NOT NULL, reason TEXT NOT NULL, valid_until INTEGER,
        PRIMARY KEY (sku, lot, serial)) STRICT, WITHOUT ROWID;
INSERT INTO "recall" VALUES('tea','L1','','metal',NULL);
CREATE TABLE search_term (
        term TEXT NOT NULL, product_id INTEGER NOT NULL REFERENCES product(id),
        PRIMARY KEY (term, product_id)) STRICT, WITHOUT ROWID;
CREATE INDEX price_begins ON price (valid_from) WHERE valid_from > 0;
CREATE INDEX price_ends ON price (valid_until) WHERE valid_until IS NOT NULL;
CREATE INDEX product_plu ON product (plu) WHERE plu <> '';
CREATE INDEX product_loose ON product (category) WHERE loose = 1;
COMMIT;
