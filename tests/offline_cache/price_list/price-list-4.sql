-- A price list of format 4, as the release before format 5 wrote it.
PRAGMA application_id = 1397182257;
PRAGMA user_version = 4;
BEGIN TRANSACTION;
CREATE TABLE campaign (
        id TEXT PRIMARY KEY, terms TEXT NOT NULL, valid_from INTEGER, valid_until INTEGER,
        everything INTEGER NOT NULL CHECK (everything IN (0, 1))) STRICT;
INSERT INTO "campaign" VALUES('3for10','{"id":"3for10","names":{"en":"3 for 10"},"terms":{"kind":"n_for_x","price":1000,"quantity":3}}',NULL,NULL,0);
CREATE TABLE category (
        id TEXT PRIMARY KEY, names TEXT NOT NULL, picture TEXT NOT NULL, sort INTEGER NOT NULL) STRICT;
INSERT INTO "category" VALUES('drinks','{"en": "Drinks"}','',1);
CREATE TABLE code (
        code TEXT PRIMARY KEY, product_id INTEGER NOT NULL REFERENCES product(id),
        pieces INTEGER NOT NULL CHECK (pieces > 0)) STRICT, WITHOUT ROWID;
INSERT INTO "code" VALUES('16901234567899',1,6);
INSERT INTO "code" VALUES('42',2,1);
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
INSERT INTO "meta" VALUES('revision','8');
INSERT INTO "meta" VALUES('state','44444444444444444444444444444444');
INSERT INTO "meta" VALUES('store','demo');
INSERT INTO "meta" VALUES('time_zone','UTC');
CREATE TABLE picture (name TEXT PRIMARY KEY, media_type TEXT NOT NULL, bytes BLOB NOT NULL) STRICT;
CREATE TABLE price (
        product_id INTEGER NOT NULL REFERENCES product(id),
        kind TEXT NOT NULL CHECK (kind IN ('list', 'special', 'member')),
        valid_from INTEGER NOT NULL, valid_until INTEGER CHECK (valid_until > valid_from),
        minor INTEGER NOT NULL CHECK (minor > 0), lowest_minor INTEGER,
        PRIMARY KEY (product_id, kind, valid_from)) STRICT, WITHOUT ROWID;
INSERT INTO "price" VALUES(1,'list',0,NULL,450,NULL);
INSERT INTO "price" VALUES(1,'member',0,NULL,380,NULL);
INSERT INTO "price" VALUES(1,'special',0,1772366400,400,390);
INSERT INTO "price" VALUES(2,'list',0,NULL,50,NULL);
INSERT INTO "price" VALUES(3,'list',0,NULL,1990,NULL);
CREATE TABLE product (
        id INTEGER PRIMARY KEY, sku TEXT NOT NULL UNIQUE, names TEXT NOT NULL,
        unit TEXT NOT NULL CHECK (unit IN ('piece', 'kg')), category TEXT NOT NULL,
        tax_rate_bp INTEGER NOT NULL, min_age INTEGER NOT NULL, loose INTEGER NOT NULL, plu TEXT NOT NULL,
        picture TEXT NOT NULL, tare_grams INTEGER NOT NULL,
        discountable INTEGER NOT NULL CHECK (discountable IN (0, 1))) STRICT;
INSERT INTO "product" VALUES(1,'tea','{"en": "Tea"}','piece','drinks',900,0,0,'','',0,1);
INSERT INTO "product" VALUES(2,'bag','{"en": "Bag"}','piece','',0,0,0,'','',0,0);
INSERT INTO "product" VALUES(3,'apples','{"en": "Apples"}','kg','',0,0,1,'41','',0,1);
CREATE TABLE recall (
        sku TEXT NOT NULL, lot TEXT NOT NULL, serial TEXT NOT NULL, reason TEXT NOT NULL, valid_until INTEGER,
        PRIMARY KEY (sku, lot, serial)) STRICT, WITHOUT ROWID;
INSERT INTO "recall" VALUES('tea','L1','','glass',NULL);
CREATE TABLE search_term (
        term TEXT NOT NULL, product_id INTEGER NOT NULL REFERENCES product(id),
        PRIMARY KEY (term, product_id)) STRICT, WITHOUT ROWID;
INSERT INTO "search_term" VALUES('41',3);
INSERT INTO "search_term" VALUES('apples',3);
CREATE TABLE taking (
        product_id INTEGER NOT NULL REFERENCES product(id), campaign_id TEXT NOT NULL REFERENCES campaign(id),
        group_no INTEGER NOT NULL, price_minor INTEGER CHECK (price_minor >= 0),
        PRIMARY KEY (product_id, campaign_id, group_no)) STRICT, WITHOUT ROWID;
INSERT INTO "taking" VALUES(1,'3for10',0,NULL);
CREATE INDEX price_begins ON price (valid_from) WHERE valid_from > 0;
CREATE INDEX price_ends ON price (valid_until) WHERE valid_until IS NOT NULL;
CREATE INDEX product_plu ON product (plu) WHERE plu <> '';
CREATE INDEX product_loose ON product (category) WHERE loose = 1;
COMMIT;
